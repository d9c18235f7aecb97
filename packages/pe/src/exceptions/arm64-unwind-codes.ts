import { type ByteReader, ByteWriter, UsageError } from '@ijw/binary';

/**
 * One operation of a prologue or epilogue. `registers` are those that are saved, `offset` where from the stack pointer, in bytes; negative where the
 * stack pointer is lowered first by as much.
 */
export type Arm64UnwindOperation =
  | { readonly code: 'alloc'; readonly size: number }
  | {
      readonly code:
        | 'save_r19r20_x'
        | 'save_fplr'
        | 'save_fplr_x'
        | 'save_regp'
        | 'save_regp_x'
        | 'save_reg'
        | 'save_reg_x'
        | 'save_lrpair'
        | 'save_fregp'
        | 'save_fregp_x'
        | 'save_freg'
        | 'save_freg_x'
        | 'save_any_reg';
      readonly registers: readonly string[];
      readonly offset: number;
    }
  /** In lengths of a vector register. */
  | { readonly code: 'alloc_z'; readonly size: number }
  | { readonly code: 'save_zreg' | 'save_preg'; readonly registers: readonly string[]; readonly offset: number }
  | { readonly code: 'add_fp'; readonly offset: number }
  | {
      readonly code:
        | 'set_fp'
        | 'nop'
        | 'end'
        | 'end_c'
        | 'save_next'
        | 'trap_frame'
        | 'machine_frame'
        | 'context'
        | 'ec_context'
        | 'clear_unwound_to_call'
        | 'pac_sign_lr';
    }
  | { readonly code: 'reserved'; readonly bytes: readonly number[] };

const x = (number: number): string => (number === 29 ? 'fp' : number === 30 ? 'lr' : `x${number}`);
const d = (number: number): string => `d${number}`;

/** Codes of one byte without operands, by their value. */
const plainCodes = {
  225: 'set_fp',
  227: 'nop',
  228: 'end',
  229: 'end_c',
  230: 'save_next',
  232: 'trap_frame',
  233: 'machine_frame',
  234: 'context',
  235: 'ec_context',
  236: 'clear_unwound_to_call',
  252: 'pac_sign_lr',
} as const;

/** "ARM64 exception handling", "Unwind codes": how many bytes a code takes, by its first. */
export function arm64CodeSize(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  if (first === 0xe0) return 4;
  if (first === 0xe2 || first === 0xf8) return 2;
  if (first === 0xe7 || first === 0xf9) return 3;
  if (first === 0xfa) return 4;
  return first === 0xfb ? 5 : 1;
}

/** The two-byte codes 0xc8 to 0xde: what is saved begins in the first byte's low bits. */
function decodeSave(bits: number): Arm64UnwindOperation {
  const low6 = bits & 0x3f;
  const low5 = bits & 0x1f;
  if (bits < 0xcc00) return pair('save_regp', 19 + ((bits >> 6) & 15), low6 * 8);
  if (bits < 0xd000) return pair('save_regp_x', 19 + ((bits >> 6) & 15), -(low6 + 1) * 8);
  if (bits < 0xd400) return { code: 'save_reg', registers: [x(19 + ((bits >> 6) & 15))], offset: low6 * 8 };
  if (bits < 0xd600) return { code: 'save_reg_x', registers: [x(19 + ((bits >> 5) & 15))], offset: -(low5 + 1) * 8 };
  if (bits < 0xd800) return { code: 'save_lrpair', registers: [x(19 + 2 * ((bits >> 6) & 7)), 'lr'], offset: low6 * 8 };
  const vector = 8 + ((bits >> 6) & 7);
  if (bits < 0xda00) return { code: 'save_fregp', registers: [d(vector), d(vector + 1)], offset: low6 * 8 };
  if (bits < 0xdc00) return { code: 'save_fregp_x', registers: [d(vector), d(vector + 1)], offset: -(low6 + 1) * 8 };
  if (bits < 0xde00) return { code: 'save_freg', registers: [d(vector)], offset: low6 * 8 };
  return { code: 'save_freg_x', registers: [d(8 + ((bits >> 5) & 7))], offset: -(low5 + 1) * 8 };
}

const pair = (code: 'save_regp' | 'save_regp_x', first: number, offset: number): Arm64UnwindOperation => ({
  code,
  registers: [x(first), x(first + 1)],
  offset,
});

/** save_any_reg: 11100111, 0pxrrrrr, ffoooooo; with ff = 3 a scalable vector or predicate register. */
function decodeAnyRegister(second: number, third: number): Arm64UnwindOperation {
  const kind = third >> 6;
  const number = second & 0x1f;
  if (kind === 3) {
    const offset = ((second >> 5) & 3) * 64 + (third & 0x3f);
    const register = second & 0xf;
    return second & 0x10
      ? { code: 'save_preg', registers: [`p${register}`], offset }
      : { code: 'save_zreg', registers: [`z${register + 8}`], offset };
  }
  const paired = (second & 0x40) !== 0;
  const writeback = (second & 0x20) !== 0;
  const letter = ['x', 'd', 'q'][kind]!;
  const name = (index: number): string => (letter === 'x' ? x(index) : `${letter}${index}`);
  const scale = paired || writeback || letter === 'q' ? 16 : 8;
  const distance = third & 0x3f;
  const offset = writeback ? -(distance + 1) * scale : distance * scale;
  return { code: 'save_any_reg', registers: paired ? [name(number), name(number + 1)] : [name(number)], offset };
}

/** Decodes one code. Throws `BadImageError` when its bytes are not all there. */
export function decodeArm64UnwindCode(reader: ByteReader): Arm64UnwindOperation {
  const first = reader.peek() ?? 0;
  const bytes = reader.view(arm64CodeSize(first));
  if (first < 0x20) return { code: 'alloc', size: first * 16 };
  if (first < 0x40) return { code: 'save_r19r20_x', registers: ['x19', 'x20'], offset: -(first & 0x1f) * 8 };
  if (first < 0x80) return { code: 'save_fplr', registers: ['fp', 'lr'], offset: (first & 0x3f) * 8 };
  if (first < 0xc0) return { code: 'save_fplr_x', registers: ['fp', 'lr'], offset: -((first & 0x3f) + 1) * 8 };
  if (first < 0xc8) return { code: 'alloc', size: (((first & 7) << 8) | bytes[1]!) * 16 };
  if (first < 0xdf) return decodeSave((first << 8) | bytes[1]!);
  if (first === 0xdf) return { code: 'alloc_z', size: bytes[1]! };
  if (first === 0xe0) return { code: 'alloc', size: ((bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) * 16 };
  if (first === 0xe2) return { code: 'add_fp', offset: bytes[1]! * 8 };
  if (first === 0xe7 && bytes[1]! < 0x80) return decodeAnyRegister(bytes[1]!, bytes[2]!);
  const plain = plainCodes[first as keyof typeof plainCodes];
  return plain === undefined ? { code: 'reserved', bytes: [...bytes] } : { code: plain };
}

const numberOf = (register: string): number => (register === 'fp' ? 29 : register === 'lr' ? 30 : Number(register.slice(1)));

/** The twin, for all codes but the scalable vectors' and save_any_reg. */
export function encodeArm64UnwindCode(operation: Arm64UnwindOperation): Uint8Array {
  const writer = new ByteWriter();
  const word = (value: number): ByteWriter => writer.u8(value >> 8).u8(value & 0xff);
  switch (operation.code) {
    case 'alloc': {
      const units = operation.size / 16;
      if (units < 0x20) writer.u8(units);
      else if (units < 0x800) word(0xc000 | units);
      else
        writer
          .u8(0xe0)
          .u8(units >> 16)
          .u8((units >> 8) & 0xff)
          .u8(units & 0xff);
      break;
    }
    case 'alloc_z':
      writer.u8(0xdf).u8(operation.size);
      break;
    case 'add_fp':
      writer.u8(0xe2).u8(operation.offset / 8);
      break;
    case 'reserved':
      writer.bytes(operation.bytes);
      break;
    case 'save_any_reg':
    case 'save_zreg':
    case 'save_preg':
      throw new UsageError(`${operation.code} is not written`);
    default:
      if ('registers' in operation) encodeSave(word, writer, operation);
      else writer.u8(Number(Object.entries(plainCodes).find(([, name]) => name === operation.code)![0]));
  }
  return writer.toBytes();
}

type SaveOperation = Extract<Arm64UnwindOperation, { readonly registers: readonly string[] }>;

/** First value, and the bits of register and distance, of each two-byte code. */
const saveForms: Readonly<Record<string, readonly [first: number, shift: number, base: number, step: number]>> = {
  save_regp: [0xc800, 6, 19, 1],
  save_regp_x: [0xcc00, 6, 19, 1],
  save_reg: [0xd000, 6, 19, 1],
  save_reg_x: [0xd400, 5, 19, 1],
  save_lrpair: [0xd600, 6, 19, 2],
  save_fregp: [0xd800, 6, 8, 1],
  save_fregp_x: [0xda00, 6, 8, 1],
  save_freg: [0xdc00, 6, 8, 1],
  save_freg_x: [0xde00, 5, 8, 1],
};

function encodeSave(word: (value: number) => ByteWriter, writer: ByteWriter, { code, registers, offset }: SaveOperation): void {
  if (code === 'save_r19r20_x') writer.u8(0x20 | (-offset / 8));
  else if (code === 'save_fplr') writer.u8(0x40 | (offset / 8));
  else if (code === 'save_fplr_x') writer.u8(0x80 | (-offset / 8 - 1));
  else {
    const [first, shift, base, step] = saveForms[code]!;
    const distance = code.endsWith('_x') ? -offset / 8 - 1 : offset / 8;
    word(first | (((numberOf(registers[0]!) - base) / step) << shift) | distance);
  }
}
