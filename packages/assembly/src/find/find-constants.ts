import { ifReadable } from '@ijw/binary';
import { type InstructionCursor, OpCodes, scanInstructions } from '@ijw/il';
import { type Metadata, methodFullName } from '@ijw/metadata';
import { readConstantValue } from '@ijw/metadata/constants';
import { ownerText } from '../members/owner-text.ts';
import type { FoundMatch, SearchedContent } from './found-match.ts';
import type { TextPattern } from './text-pattern.ts';

/** A test of the values of constants. */
export type ConstantTest = (value: number | bigint | string | boolean) => boolean;

const INTEGER = /^-?(0x[0-9a-f]+|\d+)$/i;

/**
 * The constants that a text matches: for a number its value, signed or unsigned in 32 or 64 bits; for a pattern the text of a string or of a number.
 */
export function constantTest(typed: string, pattern: TextPattern): ConstantTest {
  if (INTEGER.test(typed)) {
    const wanted = typed.startsWith('-') ? -BigInt(typed.slice(1)) : BigInt(typed);
    return (value) => {
      if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isInteger(value))) return false;
      const number = BigInt(value);
      return number === wanted || (wanted > 0n && number < 0n && isSameBits(number, wanted));
    };
  }
  const number = typed.trim() === '' ? Number.NaN : Number(typed);
  if (Number.isFinite(number)) return (value) => value === number;
  return (value) => pattern.test(String(value));
}

const isSameBits = (value: bigint, wanted: bigint): boolean =>
  wanted < 1n << 32n ? BigInt.asUintN(32, value) === wanted && value >= -(1n << 31n) : BigInt.asUintN(64, value) === wanted;

/** Values of Constant rows, and of the IL instructions that load one. What cannot be read is passed over. */
export function* findConstants({ image, metadata }: SearchedContent, test: ConstantTest): Generator<FoundMatch> {
  if (metadata === undefined) return;
  yield* constantRows(metadata, test);
  if (image === undefined) return;
  const found: FoundMatch[] = [];
  scanInstructions(image, metadata, (cursor, method) => {
    const value = loadedConstant(cursor);
    if (value === undefined || !test(value)) return;
    const user = ifReadable(() => methodFullName(metadata, method.token)) ?? '?';
    found.push({ kind: 'constant', text: String(value), token: method.token, in: user, ilOffset: cursor.offset });
  });
  yield* found;
}

function* constantRows(metadata: Metadata, test: ConstantTest): Generator<FoundMatch> {
  const { Constant } = metadata.tables;
  const [types, parents, values] = [Constant.column('Type'), Constant.column('Parent'), Constant.column('Value')];
  for (let rid = 1; rid <= Constant.rowCount; rid++) {
    const constant = ifReadable(() => readConstantValue(types.at(rid) & 0xff, metadata.blobs.reader(values.at(rid), 'a constant')));
    const parent = parents.tokenOrBad(rid);
    if (constant === undefined || parent === -1 || constant.value === null) continue;
    const value = typeof constant.value === 'object' ? 'NaN' : constant.value;
    if (test(value)) yield { kind: 'constant', text: String(value), token: parent, in: ownerText(metadata, parent) };
  }
}

const FIRST_SHORT = OpCodes['ldc.i4.m1'].index;
const LAST_SHORT = OpCodes['ldc.i4.8'].index;
const scratch = new DataView(new ArrayBuffer(8));

/** The value that an instruction loads (ECMA-335 III.3.40); `undefined` for another instruction. */
function loadedConstant(cursor: InstructionCursor): number | bigint | undefined {
  const { index } = cursor;
  if (index >= FIRST_SHORT && index <= LAST_SHORT) return index - FIRST_SHORT - 1;
  switch (index) {
    case OpCodes['ldc.i4.s'].index:
      return cursor.int8;
    case OpCodes['ldc.i4'].index:
      return cursor.int32;
    case OpCodes['ldc.i8'].index:
      return BigInt.asIntN(64, (BigInt(cursor.high32) << 32n) | BigInt(cursor.low32));
    case OpCodes['ldc.r4'].index:
      scratch.setInt32(0, cursor.int32);
      return scratch.getFloat32(0);
    case OpCodes['ldc.r8'].index:
      scratch.setUint32(0, cursor.high32);
      scratch.setUint32(4, cursor.low32);
      return scratch.getFloat64(0);
    default:
      return undefined;
  }
}
