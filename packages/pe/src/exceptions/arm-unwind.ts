import { type ByteReader, ByteWriter } from '@ijw/binary';
import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';
import { expandPackedArmEpilogue, expandPackedArmPrologue, type PackedArmUnwind, unpackArmUnwind } from './arm-packed-unwind.ts';
import { type ArmUnwindOperation, decodeArmUnwindCode, encodeArmUnwindCode } from './arm-unwind-codes.ts';
import { type ExceptionHandler, type RuntimeFunction, unwindReader } from './exception-directory.ts';
import { readUnwindRecord, type UnwindRecordFormat } from './unwind-record.ts';

export interface ArmEpilogue {
  /** From the start of the function, in bytes; absent where the only epilogue is at its end. */
  readonly startOffset?: number;
  /** The condition under which it runs (0xe: always), as instructions have it. */
  readonly condition?: number;
  /** In the order of the instructions. */
  readonly operations: readonly ArmUnwindOperation[];
}

export interface ArmUnwindInfo {
  /** In bytes. */
  readonly functionLength: number;
  readonly version: number;
  /** A part of a function, without a prologue. */
  readonly fragment: boolean;
  /** The first operation to undo first, which is the last of the prologue. Where it is packed, what it stands for. */
  readonly prologue: readonly ArmUnwindOperation[];
  readonly epilogues: readonly ArmEpilogue[];
  readonly handler?: ExceptionHandler;
  /** The fields, where the information is packed into the entry. */
  readonly packed?: PackedArmUnwind;
}

/** The operations from one index on, up to an end; one that stands for an instruction is given too. */
function operationsFrom(codes: ByteReader, index: number): ArmUnwindOperation[] {
  const operations: ArmUnwindOperation[] = [];
  codes.position = index;
  while (codes.remaining > 0) {
    const operation = decodeArmUnwindCode(codes);
    if (operation.code !== 'end') operations.push(operation);
    else return operation.width === undefined ? operations : [...operations, operation];
  }
  return operations;
}

const FORMAT: UnwindRecordFormat = { instructionSize: 2, countsBit: 23 };

function readRecord(reader: ByteReader, rva: Rva): ArmUnwindInfo {
  const { functionLength, version, fragment, epilogueIndex, scopes, codes, handler } = readUnwindRecord(reader, rva, FORMAT);
  const epilogueAt = (index: number): ArmUnwindOperation[] => operationsFrom(codes, Math.min(index, codes.length));
  const epilogues =
    epilogueIndex !== undefined
      ? [{ operations: epilogueAt(epilogueIndex) }]
      : scopes.map((scope) => ({
          startOffset: (scope & 0x3ffff) * 2,
          condition: (scope >>> 20) & 15,
          operations: epilogueAt(scope >>> 24),
        }));
  const prologue = fragment ? [] : operationsFrom(codes, 0);
  return { functionLength, version, fragment, prologue, epilogues, ...(handler && { handler }) };
}

/** The unwind information of a function of a 32-bit ARM image, from its record or packed in its entry. Throws `BadImageError`. */
export function readArmUnwindInfo(image: PEImage, entry: RuntimeFunction): ArmUnwindInfo {
  const packed = unpackArmUnwind(entry.unwindData);
  if (packed === undefined) return readRecord(unwindReader(image, entry.unwindData), entry.unwindData);
  const { functionLength, fragment } = packed;
  const operations = expandPackedArmEpilogue(packed);
  return {
    functionLength,
    version: 0,
    fragment,
    prologue: fragment ? [] : expandPackedArmPrologue(packed),
    epilogues: operations === undefined ? [] : [{ operations }],
    packed,
  };
}

export interface ArmUnwindInput {
  readonly functionLength: number;
  readonly fragment?: boolean;
  readonly prologue: readonly ArmUnwindOperation[];
  readonly epilogues: readonly ArmEpilogue[];
  readonly handlerRva?: Rva;
}

const encodeAll = (operations: readonly ArmUnwindOperation[]): Uint8Array => {
  const writer = new ByteWriter();
  for (const operation of operations) writer.bytes(encodeArmUnwindCode(operation));
  return (operations.at(-1)?.code === 'end' ? writer : writer.u8(0xff)).toBytes();
};

/** The twin: a record, with each epilogue's codes behind those of the prologue. */
export function writeArmUnwindInfo({ functionLength, fragment, prologue, epilogues, handlerRva }: ArmUnwindInput): Uint8Array {
  const codes = new ByteWriter().bytes(encodeAll(prologue));
  const indices = epilogues.map(({ operations }) => {
    const index = codes.length;
    codes.bytes(encodeAll(operations));
    return index;
  });
  codes.align(4, 0xff);
  const single = epilogues.length === 1 && epilogues[0]!.startOffset === undefined;
  const count = single ? indices[0]! : epilogues.length;
  const words = codes.length / 4;
  const flags = (handlerRva === undefined ? 0 : 0x100000) | (single ? 0x200000 : 0) | (fragment ? 0x400000 : 0);
  const writer = new ByteWriter();
  const extended = count > 31 || words > 15;
  writer.u32(((functionLength / 2) | flags | (extended ? 0 : (count << 23) | (words << 28))) >>> 0);
  if (extended) writer.u32((count | (words << 16)) >>> 0);
  if (!single) {
    epilogues.forEach(({ startOffset = 0, condition = 14 }, index) => {
      writer.u32(((startOffset / 2) | (condition << 20) | (indices[index]! << 24)) >>> 0);
    });
  }
  writer.bytes(codes.toBytes());
  return (handlerRva === undefined ? writer : writer.u32(handlerRva)).toBytes();
}
