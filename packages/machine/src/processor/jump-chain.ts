import type { AddressSpace } from '../address-space.ts';
import type { ProcessorModel } from './processor.ts';

/** Linkers put a few jumps in front of a function; a longer chain is one that leads nowhere. */
const JUMP_LIMIT = 16;

/** The slot that the code at an address jumps through, after any plain jumps; `undefined` where the code does something else. */
export function jumpSlot(processor: ProcessorModel, memory: AddressSpace, address: number): number | undefined {
  let at = address;
  for (let hops = 0; hops < JUMP_LIMIT; hops++) {
    const step = processor.decode(memory, at);
    if (step?.kind === 'jumpThrough') return step.slot;
    if (step?.kind !== 'jump') return undefined;
    at = step.target;
  }
  return undefined;
}
