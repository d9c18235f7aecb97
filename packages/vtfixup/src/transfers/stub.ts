import type { ImageCode } from '../code/code-region.ts';
import type { ImportedFunction } from '../code/imported-function.ts';
import type { Jump } from '../code/jump.ts';
import { readJump } from '../code/read-jump.ts';
import type { Platform } from '../platform/platform.ts';

/** The end of the jumps from an address. */
export type StubDestination =
  /** At a function of another module. */
  | { readonly kind: 'import'; readonly function: ImportedFunction }
  /** At a vtable slot: in managed code, once the runtime has filled it. */
  | { readonly kind: 'slot'; readonly slotRva: number }
  /** At the content of a pointer of the image that is neither. */
  | { readonly kind: 'pointer'; readonly pointerRva: number }
  /** At code that is not a jump; `symbol` is its name where symbols were given. */
  | { readonly kind: 'body'; readonly rva: number; readonly symbol?: string }
  /** At an address that the file has no bytes for. */
  | { readonly kind: 'outside'; readonly rva: number }
  /** Nowhere: the jumps form a loop, or there are more of them than any linker writes. */
  | { readonly kind: 'endless'; readonly rva: number };

/** Native code at an address, and the jumps from there to what it stands for. */
export interface Stub {
  readonly rva: number;
  readonly hops: readonly Jump[];
  readonly target: StubDestination;
}

/** What pointers of the image are. */
export interface PointerMeaning {
  readonly imports: ReadonlyMap<number, ImportedFunction>;
  readonly isSlot: (rva: number) => boolean;
}

/** An incremental linker's table, a hot patch and an import thunk are three jumps; this limit is higher. */
const MAX_HOPS = 16;

export function pointerTarget(pointerRva: number, { imports, isSlot }: PointerMeaning): StubDestination {
  const imported = imports.get(pointerRva);
  if (imported !== undefined) return { kind: 'import', function: imported };
  return isSlot(pointerRva) ? { kind: 'slot', slotRva: pointerRva } : { kind: 'pointer', pointerRva };
}

/** Where one jump goes: an address to go on from, or the end. */
function follow(jump: Jump, meaning: PointerMeaning): number | StubDestination {
  if (jump.kind === 'direct') return jump.target;
  if (jump.kind === 'indirect') return pointerTarget(jump.pointer, meaning);
  // What looks like a delay-load stub is one only if its pointer is a delay-loaded function's.
  const imported = meaning.imports.get(jump.pointer);
  return imported?.delayed ? { kind: 'import', function: imported } : { kind: 'body', rva: jump.rva };
}

/** Follows jumps from an address to a function of another module, a slot, or code that is not a jump. */
export function decodeStub(code: ImageCode, platform: Platform, rva: number, meaning: PointerMeaning): Stub {
  const hops: Jump[] = [];
  let at = rva;
  while (hops.length < MAX_HOPS) {
    const region = code.at(at);
    if (region === undefined) return { rva, hops, target: { kind: 'outside', rva: at } };
    const jump = readJump(platform, region, at - region.rva);
    if (jump === undefined) return { rva, hops, target: { kind: 'body', rva: at } };
    const next = follow(jump, meaning);
    if (typeof next !== 'number' && next.kind === 'body') return { rva, hops, target: { kind: 'body', rva: at } };
    hops.push(jump);
    if (typeof next !== 'number') return { rva, hops, target: next };
    at = next;
  }
  return { rva, hops, target: { kind: 'endless', rva: at } };
}
