import type { AddressSpace } from '../address-space.ts';
import { isFault } from '../fault.ts';
import type { AddressTransfer, JumpStub, StubOperand } from '../instructions/jump-stub.ts';
import { PAGE_SIZE } from '../page.ts';
import type { ProcessorModel } from './processor.ts';

/** Linkers put a few jumps in front of a function; a longer chain is one that leads nowhere. */
const JUMP_LIMIT = 16;
/** Padding and the instructions of a stub. */
const LONGEST_STUB = 64;

/** As many bytes of code as may be executed, up to the length of a stub. */
export function codeAt(memory: AddressSpace, address: number): Uint8Array {
  const whole = memory.fetch(address, LONGEST_STUB);
  if (!isFault(whole)) return whole;
  const rest = memory.fetch(address, Math.min(LONGEST_STUB, PAGE_SIZE - (address % PAGE_SIZE)));
  return isFault(rest) ? new Uint8Array() : rest;
}

/** The address that an operand of the instruction at `address` names. */
export const operandAddress = (operand: StubOperand, address: number): number =>
  'distance' in operand ? address + operand.distance : Number(operand.absolute);

/** The jump at an address, or the few instructions with the same effect, behind padding. */
export const stubAt = (processor: ProcessorModel, memory: AddressSpace, address: number): JumpStub | undefined =>
  processor.stubs.stub(codeAt(memory, address), 0, address);

/** The call, jump or computation of an address at an address. */
export const transferAt = (processor: ProcessorModel, memory: AddressSpace, address: number): AddressTransfer | undefined =>
  processor.stubs.transfer(codeAt(memory, address), 0, address);

/** The slot that one instruction at an address jumps through. */
export function directJumpSlot(processor: ProcessorModel, memory: AddressSpace, address: number): number | undefined {
  const stub = stubAt(processor, memory, address);
  if (stub?.kind !== 'indirect' || stub.padding > 0 || stub.instructions > 1) return undefined;
  return operandAddress(stub.slot, address);
}

/** The slot that the code at an address jumps through, after any plain jumps; `undefined` where the code does something else. */
export function jumpSlot(processor: ProcessorModel, memory: AddressSpace, address: number): number | undefined {
  let at = address;
  for (let hops = 0; hops < JUMP_LIMIT; hops++) {
    const stub = stubAt(processor, memory, at);
    if (stub === undefined || stub.kind === 'delayLoad') return undefined;
    const from = at + stub.padding;
    if (stub.kind === 'indirect') return operandAddress(stub.slot, from);
    at = operandAddress(stub.target, from);
  }
  return undefined;
}
