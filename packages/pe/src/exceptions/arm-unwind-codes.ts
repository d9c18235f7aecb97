import { type ByteReader, ByteWriter } from '@ijw/binary';

/** In bits: of the Thumb-2 instruction that an operation stands for. */
export type ArmWidth = 16 | 32;

/**
 * One operation of a prologue or epilogue of 32-bit ARM code, as an epilogue does it: registers are popped, the stack pointer is raised. Sizes and
 * offsets are in bytes.
 */
export type ArmUnwindOperation =
  | { readonly code: 'add_sp'; readonly size: number; readonly width: ArmWidth }
  | { readonly code: 'pop'; readonly registers: readonly string[]; readonly width: ArmWidth }
  | { readonly code: 'vpop'; readonly registers: readonly string[]; readonly width: 32 }
  | { readonly code: 'mov_sp'; readonly register: string; readonly width: 16 }
  /** `ldr lr, [sp], #offset`. */
  | { readonly code: 'ldr_lr'; readonly offset: number; readonly width: 32 }
  | { readonly code: 'nop'; readonly width: ArmWidth }
  /** With a width, where an epilogue has a last instruction that undoes nothing: a branch. */
  | { readonly code: 'end'; readonly width?: ArmWidth }
  | { readonly code: 'microsoft_specific'; readonly type: number }
  | { readonly code: 'reserved'; readonly bytes: readonly number[] };

/** The names of registers, by number. */
export const armRegister = (number: number): string => ['sp', 'lr', 'pc'][number - 13] ?? `r${number}`;

/** `prefix4` to `prefix7`, both included. */
export const registerRange = (prefix: string, first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `${prefix}${first + index}`);

const withLr = (registers: string[], lr: number): string[] => (lr === 0 ? registers : [...registers, 'lr']);

const ofMask = (mask: number, lr: number): string[] =>
  withLr(
    registerRange('r', 0, 12).filter((_, number) => mask & (1 << number)),
    lr,
  );

/** "ARM exception handling", "Unwind codes": how many bytes a code takes, by its first. */
export function armCodeSize(first: number): number {
  if (first >= 0x80 && first < 0xc0) return 2;
  if (first >= 0xe8 && first < 0xf0) return 2;
  if (first === 0xf5 || first === 0xf6) return 2;
  if (first === 0xf7 || first === 0xf9) return 3;
  return first === 0xf8 || first === 0xfa ? 4 : 1;
}

/** Decodes one code. Throws `BadImageError` when its bytes are not all there. */
export function decodeArmUnwindCode(reader: ByteReader): ArmUnwindOperation {
  const first = reader.peek() ?? 0;
  const bytes = reader.view(armCodeSize(first));
  const second = bytes[1] ?? 0;
  if (first < 0x80) return { code: 'add_sp', size: first * 4, width: 16 };
  if (first < 0xc0) return { code: 'pop', registers: ofMask(((first & 0x1f) << 8) | second, first & 0x20), width: 32 };
  if (first < 0xd0) return { code: 'mov_sp', register: armRegister(first & 15), width: 16 };
  if (first < 0xd8) return { code: 'pop', registers: withLr(registerRange('r', 4, (first & 3) + 4), first & 4), width: 16 };
  if (first < 0xe0) return { code: 'pop', registers: withLr(registerRange('r', 4, (first & 3) + 8), first & 4), width: 32 };
  if (first < 0xe8) return { code: 'vpop', registers: registerRange('d', 8, (first & 7) + 8), width: 32 };
  if (first < 0xec) return { code: 'add_sp', size: (((first & 3) << 8) | second) * 4, width: 32 };
  if (first < 0xee) return { code: 'pop', registers: ofMask(second, first & 1), width: 16 };
  return decodeLast(first, bytes);
}

/** From 0xee on each first byte is a code of its own. */
function decodeLast(first: number, bytes: Uint8Array): ArmUnwindOperation {
  const second = bytes[1] ?? 0;
  const size = bytes.subarray(1).reduce((value, byte) => value * 256 + byte, 0) * 4;
  switch (first) {
    case 0xee:
      return second < 0x10 ? { code: 'microsoft_specific', type: second } : { code: 'reserved', bytes: [...bytes] };
    case 0xef:
      return second < 0x10 ? { code: 'ldr_lr', offset: second * 4, width: 32 } : { code: 'reserved', bytes: [...bytes] };
    case 0xf5:
    case 0xf6: {
      const base = first === 0xf5 ? 0 : 16;
      const [start, end] = [base + (second >> 4), base + (second & 15)];
      return start <= end
        ? { code: 'vpop', registers: registerRange('d', start, end), width: 32 }
        : { code: 'reserved', bytes: [...bytes] };
    }
    case 0xf7:
    case 0xf8:
      return { code: 'add_sp', size, width: 16 };
    case 0xf9:
    case 0xfa:
      return { code: 'add_sp', size, width: 32 };
    case 0xfb:
      return { code: 'nop', width: 16 };
    case 0xfc:
      return { code: 'nop', width: 32 };
    case 0xfd:
      return { code: 'end', width: 16 };
    case 0xfe:
      return { code: 'end', width: 32 };
    case 0xff:
      return { code: 'end' };
    default:
      return { code: 'reserved', bytes: [...bytes] };
  }
}

/** The twin: the shortest code of the instruction's width. */
export function encodeArmUnwindCode(operation: ArmUnwindOperation): Uint8Array {
  const writer = new ByteWriter();
  switch (operation.code) {
    case 'add_sp':
      encodeAddSp(writer, operation.size / 4, operation.width);
      break;
    case 'pop':
      encodePop(writer, operation.registers, operation.width);
      break;
    case 'vpop':
      encodeVpop(writer, operation.registers);
      break;
    case 'mov_sp':
      writer.u8(0xc0 | numberOf(operation.register));
      break;
    case 'ldr_lr':
      writer.u8(0xef).u8(operation.offset / 4);
      break;
    case 'nop':
      writer.u8(operation.width === 16 ? 0xfb : 0xfc);
      break;
    case 'end':
      writer.u8(operation.width === undefined ? 0xff : operation.width === 16 ? 0xfd : 0xfe);
      break;
    case 'microsoft_specific':
      writer.u8(0xee).u8(operation.type);
      break;
    default:
      writer.bytes(operation.bytes);
  }
  return writer.toBytes();
}

const numberOf = (register: string): number => {
  const special = ['sp', 'lr', 'pc'].indexOf(register);
  return special < 0 ? Number(register.slice(1)) : special + 13;
};

function encodeAddSp(writer: ByteWriter, words: number, width: ArmWidth): void {
  if (width === 16 && words < 0x80) writer.u8(words);
  else if (width === 32 && words < 0x400) writer.u8(0xe8 | (words >> 8)).u8(words & 0xff);
  else {
    const long = words > 0xffff;
    writer.u8((width === 16 ? 0xf7 : 0xf9) + (long ? 1 : 0));
    if (long) writer.u8(words >>> 16);
    writer.u8((words >> 8) & 0xff).u8(words & 0xff);
  }
}

function encodePop(writer: ByteWriter, registers: readonly string[], width: ArmWidth): void {
  const lr = registers.includes('lr');
  const numbers = registers.filter((register) => register !== 'lr').map(numberOf);
  const last = numbers.at(-1) ?? 0;
  const contiguous = numbers[0] === 4 && last - 4 === numbers.length - 1;
  const base = width === 16 ? 4 : 8;
  if (contiguous && last >= base && last <= base + 3) writer.u8((width === 16 ? 0xd0 : 0xd8) | (last - base) | (lr ? 4 : 0));
  else {
    const mask = numbers.reduce((bits, number) => bits | (1 << number), 0);
    if (width === 16) writer.u8(0xec | (lr ? 1 : 0)).u8(mask);
    else writer.u8(0x80 | (lr ? 0x20 : 0) | (mask >> 8)).u8(mask & 0xff);
  }
}

function encodeVpop(writer: ByteWriter, registers: readonly string[]): void {
  const [first, last] = [numberOf(registers[0]!), numberOf(registers.at(-1)!)];
  if (first === 8 && last <= 15) writer.u8(0xe0 | (last - 8));
  else if (first < 16) writer.u8(0xf5).u8((first << 4) | last);
  else writer.u8(0xf6).u8(((first - 16) << 4) | (last - 16));
}
