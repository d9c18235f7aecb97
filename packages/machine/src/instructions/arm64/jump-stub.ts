// Arm ARM C6.2: B, BL, BR, BLR, ADR, ADRP, ADD (immediate), LDR (immediate and literal); the instructions that linkers make jumps of.

import { type AddressTransfer, type JumpStub, LONGEST_PADDING, type StubOperand, type StubReader } from '../jump-stub.ts';
import { arm64Row, flowOf } from './encodings.ts';
import { bits } from './fields/bit-field.ts';
import { type Arm64AddressUse, arm64AddressUse, arm64BranchDistance, isArm64Padding } from './flow.ts';

const PAGE = 0x1000;

/** An instruction, for the pieces of a stub. */
interface Piece {
  readonly row: number;
  readonly word: number;
  readonly use: Arm64AddressUse | undefined;
}

function pieceAt(code: Uint8Array, at: number): Piece | undefined {
  if (at < 0 || at + 4 > code.length) return undefined;
  const word = code[at]! | (code[at + 1]! << 8) | (code[at + 2]! << 16) | (code[at + 3]! << 24);
  const row = arm64Row(word);
  return row < 0 ? undefined : { row, word, use: arm64AddressUse(row, word) };
}

const goesThrough = (piece: Piece | undefined, flow: 'indirectBranch' | 'indirectCall', register: number): boolean =>
  piece !== undefined && flowOf(piece.row) === flow && bits(piece.word, 5, 5) === register;

/** What ADRP and the instruction behind it name together: the memory that a pointer is loaded from, or an address. */
interface PagePair {
  readonly place: StubOperand;
  readonly isLoad: boolean;
  readonly first: string;
  readonly second: string;
  readonly register: number;
}

function pagePair(page: Arm64AddressUse, next: Piece | undefined, address: number): PagePair | undefined {
  const use = next?.use;
  if (page.kind !== 'page' || (use?.kind !== 'add' && use?.kind !== 'load') || use.base !== page.register) return undefined;
  if (use.kind === 'load' && !use.isPointer) return undefined;
  const place = { distance: page.distance - (address % PAGE) + use.offset };
  return { place, isLoad: use.kind === 'load', first: `x${page.register}`, second: `x${use.register}`, register: use.register };
}

/** `adrp; ldr; br`, `adrp; add; br`, and a delay-load stub's `adrp; add; b`. */
function fromPage(page: Arm64AddressUse, code: Uint8Array, at: number, address: number): JumpStub | undefined {
  const pair = pagePair(page, pieceAt(code, at + 4), address);
  const last = pieceAt(code, at + 8);
  if (!pair || !last) return undefined;
  const { place, isLoad, first, second, register } = pair;
  const stub = { padding: 0, length: 12, instructions: 3 };
  if (goesThrough(last, 'indirectBranch', register)) {
    if (isLoad) return { kind: 'indirect', ...stub, slot: place, text: `adrp ${first}; ldr ${second},[%slot]; br ${second}` };
    return { kind: 'direct', ...stub, target: place, text: `adrp ${first}; add ${second},%target; br ${second}` };
  }
  const distance = flowOf(last.row) === 'branch' ? arm64BranchDistance(last.row, last.word) : undefined;
  if (isLoad || distance === undefined) return undefined;
  return {
    kind: 'delayLoad',
    ...stub,
    slot: place,
    target: { distance: distance + 8 },
    text: `adrp ${first}; add ${second},%slot; b %target`,
  };
}

function jumpAt(code: Uint8Array, at: number, address: number): JumpStub | undefined {
  const piece = pieceAt(code, at);
  if (!piece) return undefined;
  const { use, row, word } = piece;
  if (use?.kind === 'page') return fromPage(use, code, at, address);
  if (use?.kind === 'literal' && use.isPointer && goesThrough(pieceAt(code, at + 4), 'indirectBranch', use.register)) {
    const text = `ldr x${use.register},[%slot]; br x${use.register}`;
    return { kind: 'indirect', padding: 0, length: 8, instructions: 2, slot: { distance: use.distance }, text };
  }
  const distance = flowOf(row) === 'branch' ? arm64BranchDistance(row, word) : undefined;
  return distance === undefined
    ? undefined
    : { kind: 'direct', padding: 0, length: 4, instructions: 1, target: { distance }, text: 'b %target' };
}

/** The address that ADR or `adrp; add` computes, or the slot of `adrp; ldr; blr`. */
function computed(use: Arm64AddressUse, code: Uint8Array, at: number, address: number): AddressTransfer | undefined {
  if (use.kind === 'address') return { kind: 'address', target: { distance: use.distance } };
  const pair = pagePair(use, pieceAt(code, at + 4), address);
  if (!pair) return undefined;
  if (!pair.isLoad) return { kind: 'address', target: pair.place };
  return goesThrough(pieceAt(code, at + 8), 'indirectCall', pair.register)
    ? { kind: 'indirectCall', slot: pair.place, length: 12 }
    : undefined;
}

export const arm64StubReader: StubReader = {
  stub(code, at, address) {
    if (address % 4 !== 0) return undefined;
    let padding = 0;
    for (
      let piece = pieceAt(code, at);
      piece && isArm64Padding(piece.row) && padding < LONGEST_PADDING;
      piece = pieceAt(code, at + padding)
    )
      padding += 4;
    const found = jumpAt(code, at + padding, address + padding);
    return found && { ...found, padding };
  },

  transfer(code, at, address) {
    const piece = pieceAt(code, at);
    if (!piece) return undefined;
    const { row, word, use } = piece;
    const flow = flowOf(row);
    const distance = flow === 'branch' || flow === 'call' ? arm64BranchDistance(row, word) : undefined;
    if (distance !== undefined) return { kind: flow === 'call' ? 'call' : 'jump', target: { distance } };
    return use && computed(use, code, at, address);
  },
};
