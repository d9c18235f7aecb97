import { type ByteReader, ByteWriter } from '@ijw/binary';
import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';
import { expandPackedUnwind, type PackedArm64Unwind, unpackArm64Unwind } from './arm64-packed-unwind.ts';
import { type Arm64UnwindOperation, decodeArm64UnwindCode, encodeArm64UnwindCode } from './arm64-unwind-codes.ts';
import { type ExceptionHandler, type RuntimeFunction, unwindReader } from './exception-directory.ts';
import { readUnwindRecord, type UnwindRecordFormat } from './unwind-record.ts';

export interface Arm64Epilogue {
  /** From the start of the function, in bytes; absent where the only epilogue is at its end. */
  readonly startOffset?: number;
  /** In the order of the instructions. */
  readonly operations: readonly Arm64UnwindOperation[];
}

export interface Arm64UnwindInfo {
  /** In bytes. */
  readonly functionLength: number;
  readonly version: number;
  /** The first operation to undo first, which is the last of the prologue. Where it is packed, what it stands for. */
  readonly prologue: readonly Arm64UnwindOperation[];
  readonly epilogues: readonly Arm64Epilogue[];
  readonly handler?: ExceptionHandler;
  /** The fields, where the information is packed into the entry. */
  readonly packed?: PackedArm64Unwind;
}

/** The operations from one index on, up to an end code; end_c ends the prologue of a chained part. */
function operationsFrom(codes: ByteReader, index: number): Arm64UnwindOperation[] {
  const operations: Arm64UnwindOperation[] = [];
  codes.position = index;
  while (codes.remaining > 0) {
    const operation = decodeArm64UnwindCode(codes);
    if (operation.code === 'end') return operations;
    operations.push(operation);
    if (operation.code === 'end_c') return operations;
  }
  return operations;
}

const FORMAT: UnwindRecordFormat = { instructionSize: 4, countsBit: 22 };

function readRecord(reader: ByteReader, rva: Rva): Arm64UnwindInfo {
  const { functionLength, version, epilogueIndex, scopes, codes, handler } = readUnwindRecord(reader, rva, FORMAT);
  const epilogueAt = (index: number): Arm64UnwindOperation[] => operationsFrom(codes, Math.min(index, codes.length));
  const epilogues =
    epilogueIndex !== undefined
      ? [{ operations: epilogueAt(epilogueIndex) }]
      : scopes.map((scope) => ({ startOffset: (scope & 0x3ffff) * 4, operations: epilogueAt(scope >>> 22) }));
  return { functionLength, version, prologue: operationsFrom(codes, 0), epilogues, ...(handler && { handler }) };
}

/** The unwind information of a function of an arm64 image, from its record or packed in its entry. Throws `BadImageError`. */
export function readArm64UnwindInfo(image: PEImage, entry: RuntimeFunction): Arm64UnwindInfo {
  const packed = unpackArm64Unwind(entry.unwindData);
  if (packed === undefined) return readRecord(unwindReader(image, entry.unwindData), entry.unwindData);
  const prologue = expandPackedUnwind(packed);
  const epilogues = packed.fragment ? [] : [{ operations: prologue }];
  return { functionLength: packed.functionLength, version: 0, prologue, epilogues, packed };
}

export interface Arm64UnwindInput {
  readonly functionLength: number;
  readonly prologue: readonly Arm64UnwindOperation[];
  readonly epilogues: readonly Arm64Epilogue[];
  readonly handlerRva?: Rva;
}

const encodeAll = (operations: readonly Arm64UnwindOperation[]): Uint8Array => {
  const writer = new ByteWriter();
  for (const operation of operations) writer.bytes(encodeArm64UnwindCode(operation));
  return (operations.at(-1)?.code === 'end_c' ? writer : writer.u8(0xe4)).toBytes();
};

/** The twin: a record, with each epilogue's codes behind those of the prologue. */
export function writeArm64UnwindInfo({ functionLength, prologue, epilogues, handlerRva }: Arm64UnwindInput): Uint8Array {
  const codes = new ByteWriter().bytes(encodeAll(prologue));
  const indices = epilogues.map(({ operations }) => {
    const index = codes.length;
    codes.bytes(encodeAll(operations));
    return index;
  });
  codes.align(4, 0xe3);
  const single = epilogues.length === 1 && epilogues[0]!.startOffset === undefined;
  const count = single ? indices[0]! : epilogues.length;
  const words = codes.length / 4;
  const flags = (handlerRva === undefined ? 0 : 0x100000) | (single ? 0x200000 : 0);
  const writer = new ByteWriter();
  const extended = count > 31 || words > 31 || (count === 0 && words === 0);
  writer.u32(((functionLength / 4) | flags | (extended ? 0 : (count << 22) | (words << 27))) >>> 0);
  if (extended) writer.u32((count | (words << 16)) >>> 0);
  if (!single) {
    epilogues.forEach(({ startOffset = 0 }, index) => {
      writer.u32(((startOffset / 4) | (indices[index]! << 22)) >>> 0);
    });
  }
  writer.bytes(codes.toBytes());
  return (handlerRva === undefined ? writer : writer.u32(handlerRva)).toBytes();
}
