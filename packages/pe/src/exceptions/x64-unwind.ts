import type { ByteReader } from '@ijw/binary';
import { ByteWriter } from '@ijw/binary';
import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';
import { CHAIN_LIMIT, type ExceptionHandler, type RuntimeFunction, unwindReader } from './exception-directory.ts';

/** "x64 exception handling", struct UNWIND_INFO: UNW_FLAG_*. */
export const UnwindFlags = { EHANDLER: 1, UHANDLER: 2, CHAININFO: 4 } as const;

/** The registers by the number that an operation has. */
export const x64Registers = 'rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15'.split(' ');

/** One operation of the prologue, at the offset behind the instruction that did it. */
export type X64UnwindOperation = { readonly codeOffset: number } & (
  | { readonly operation: 'pushNonvolatile'; readonly register: number }
  | { readonly operation: 'allocate'; readonly size: number }
  /** `offset`, in bytes, where it is not the one of the header (UWOP_SET_FPREG_LARGE, which .NET writes for Unix). */
  | { readonly operation: 'setFramePointer'; readonly offset?: number }
  | { readonly operation: 'saveNonvolatile'; readonly register: number; readonly offset: number }
  | { readonly operation: 'saveXmm128'; readonly register: number; readonly offset: number }
  | { readonly operation: 'pushMachineFrame'; readonly errorCode: boolean }
  /** Version 2: the first gives the epilogue's size (and whether one ends the function), others the distance of one from the end. */
  | { readonly operation: 'epilogue'; readonly sizeOrOffset: number; readonly info: number }
  /** Version 1 without a meaning any more, or one that has none yet. */
  | { readonly operation: 'spare'; readonly code: number; readonly info: number }
);

export interface X64UnwindInfo {
  readonly version: number;
  /** `UnwindFlags`. */
  readonly flags: number;
  readonly sizeOfPrologue: number;
  /** A number into `x64Registers`; absent where the function has no frame pointer. */
  readonly frameRegister?: number;
  /** In bytes; what is added to the stack pointer to give the frame pointer. */
  readonly frameOffset: number;
  /** In the order of the file: the last operation of the prologue first. */
  readonly operations: readonly X64UnwindOperation[];
  readonly handler?: ExceptionHandler;
  /** The entry whose unwind information goes on where this one ends. */
  readonly chained?: RuntimeFunction;
}

/** How many 16-bit slots each code takes, by its number; codes 6 and 7 mean something else in version 2. */
const slotsOf = (code: number, info: number, version: number): number => {
  if (code === 1) return info === 0 ? 2 : 3;
  if (code === 4 || code === 8) return 2;
  if (code === 5 || code === 9) return 3;
  if (code === 6) return version === 1 ? 2 : 1;
  if (code === 7) return version === 1 ? 3 : 2;
  if (code === 11) return 3;
  return 1;
};

function decodeOperation(reader: ByteReader, version: number): { operation: X64UnwindOperation; slots: number } {
  const codeOffset = reader.u8();
  const packed = reader.u8();
  const code = packed & 15;
  const info = packed >> 4;
  const slots = slotsOf(code, info, version);
  const operand = slots === 1 ? 0 : slots === 2 ? reader.u16() : reader.u32();
  return { slots, operation: { codeOffset, ...meaning(code, info, operand, version, codeOffset) } };
}

type Meaning = X64UnwindOperation extends infer O ? (O extends unknown ? Omit<O, 'codeOffset'> : never) : never;

function meaning(code: number, info: number, operand: number, version: number, codeOffset: number): Meaning {
  switch (code) {
    case 0:
      return { operation: 'pushNonvolatile', register: info };
    case 1:
      return { operation: 'allocate', size: info === 0 ? operand * 8 : operand };
    case 2:
      return { operation: 'allocate', size: info * 8 + 8 };
    case 3:
      return { operation: 'setFramePointer' };
    case 4:
      return { operation: 'saveNonvolatile', register: info, offset: operand * 8 };
    case 5:
      return { operation: 'saveNonvolatile', register: info, offset: operand };
    case 8:
      return { operation: 'saveXmm128', register: info, offset: operand * 16 };
    case 9:
      return { operation: 'saveXmm128', register: info, offset: operand };
    case 10:
      return { operation: 'pushMachineFrame', errorCode: info === 1 };
    case 11:
      return { operation: 'setFramePointer', offset: operand * 16 };
    default:
      if (code === 6 && version === 2) return { operation: 'epilogue', sizeOrOffset: codeOffset | (info << 8), info };
      return { operation: 'spare', code, info };
  }
}

function readOperations(reader: ByteReader, count: number, version: number): X64UnwindOperation[] {
  const codes = reader.slice(count * 2);
  const operations: X64UnwindOperation[] = [];
  while (codes.remaining >= 2) operations.push(decodeOperation(codes, version).operation);
  return operations;
}

/** Reads UNWIND_INFO. Throws `BadImageError` when it is not all there or of a version that is not known. */
function readUnwindInfo(reader: ByteReader, rva: Rva): X64UnwindInfo {
  const first = reader.u8();
  const version = first & 7;
  const flags = first >> 3;
  if (version !== 1 && version !== 2) throw reader.error('UNKNOWN_UNWIND_VERSION', `Unwind information of version ${version}`, 0);
  const sizeOfPrologue = reader.u8();
  const count = reader.u8();
  const frame = reader.u8();
  const operations = readOperations(reader, count, version);
  if (count % 2 === 1) reader.skip(2);
  const info = { version, flags, sizeOfPrologue, frameOffset: (frame >> 4) * 16, operations };
  const framed = (frame & 15) === 0 ? info : { ...info, frameRegister: frame & 15 };
  if (flags & UnwindFlags.CHAININFO) return { ...framed, chained: { begin: reader.u32(), end: reader.u32(), unwindData: reader.u32() } };
  if (!(flags & (UnwindFlags.EHANDLER | UnwindFlags.UHANDLER))) return framed;
  const handler = { rva: reader.u32(), dataRva: rva + reader.position };
  return { ...framed, handler };
}

/**
 * The unwind information of a function of an x64 image. An entry with bit 0 set leads to another entry (RUNTIME_FUNCTION_INDIRECT), which is
 * followed. Throws `BadImageError`.
 */
export function readX64UnwindInfo(image: PEImage, entry: RuntimeFunction): X64UnwindInfo {
  let rva = entry.unwindData;
  for (let steps = 0; rva & 1; steps++) {
    const reader = unwindReader(image, rva - 1);
    if (steps === CHAIN_LIMIT) throw reader.error('UNWIND_CHAIN_TOO_LONG', 'Indirect entries lead from one to the next without an end');
    reader.skip(8);
    rva = reader.u32();
  }
  return readUnwindInfo(unwindReader(image, rva), rva);
}

/** The information of a function and of the entries that it is chained to, in that order. Throws `BadImageError`, also for a chain without end. */
export function readX64UnwindChain(image: PEImage, entry: RuntimeFunction): readonly X64UnwindInfo[] {
  const chain: X64UnwindInfo[] = [];
  for (let next: RuntimeFunction | undefined = entry; next !== undefined; ) {
    if (chain.length === CHAIN_LIMIT) {
      throw unwindReader(image, next.unwindData & ~1).error('UNWIND_CHAIN_TOO_LONG', `More than ${CHAIN_LIMIT} chained entries`);
    }
    const info = readX64UnwindInfo(image, next);
    chain.push(info);
    next = info.chained;
  }
  return chain;
}

/** Bounds of the operands that have a short form. */
const SHORT = 0xffff;

function writeOperation(writer: ByteWriter, operation: X64UnwindOperation): void {
  const code = (number: number, info: number): ByteWriter => writer.u8(operation.codeOffset).u8(number | (info << 4));
  const scaled = (short: number, far: number, info: number, offset: number, scale: number): void => {
    if (offset % scale === 0 && offset / scale <= SHORT) code(short, info).u16(offset / scale);
    else code(far, info).u32(offset);
  };
  switch (operation.operation) {
    case 'pushNonvolatile':
      code(0, operation.register);
      return;
    case 'allocate':
      if (operation.size % 8 === 0 && operation.size >= 8 && operation.size <= 128) code(2, operation.size / 8 - 1);
      else if (operation.size % 8 === 0 && operation.size / 8 <= SHORT) code(1, 0).u16(operation.size / 8);
      else code(1, 1).u32(operation.size);
      return;
    case 'setFramePointer':
      if (operation.offset === undefined) code(3, 0);
      else code(11, 0).u32(operation.offset / 16);
      return;
    case 'saveNonvolatile':
      scaled(4, 5, operation.register, operation.offset, 8);
      return;
    case 'saveXmm128':
      scaled(8, 9, operation.register, operation.offset, 16);
      return;
    case 'pushMachineFrame':
      code(10, operation.errorCode ? 1 : 0);
      return;
    case 'epilogue':
      code(6, operation.info);
      return;
    case 'spare':
      code(operation.code, operation.info);
  }
}

/** The twin: UNWIND_INFO up to the handler, behind which the caller's data follows, or with the chained entry. */
export function writeX64UnwindInfo(info: Omit<X64UnwindInfo, 'handler'> & { readonly handlerRva?: Rva }): Uint8Array {
  const codes = new ByteWriter();
  for (const operation of info.operations) writeOperation(codes, operation);
  const writer = new ByteWriter();
  writer
    .u8(info.version | (info.flags << 3))
    .u8(info.sizeOfPrologue)
    .u8(codes.length / 2);
  writer.u8((info.frameRegister ?? 0) | ((info.frameOffset / 16) << 4));
  writer.bytes(codes.toBytes()).align(4);
  if (info.chained !== undefined)
    writer
      .u32(info.chained.begin)
      .u32(info.chained.end ?? 0)
      .u32(info.chained.unwindData);
  else if (info.handlerRva !== undefined) writer.u32(info.handlerRva);
  return writer.toBytes();
}
