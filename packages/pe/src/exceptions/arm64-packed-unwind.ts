import type { Arm64UnwindOperation } from './arm64-unwind-codes.ts';

/** "ARM64 exception handling", "Packed unwind data": what the second word of an entry holds for a function of the usual form. */
export interface PackedArm64Unwind {
  /** A part of a function without a prologue of its own (flag 2). */
  readonly fragment: boolean;
  /** In bytes. */
  readonly functionLength: number;
  /** How many floating-point registers from d8 on are saved, less one; 0: none. */
  readonly regF: number;
  /** How many integer registers from x19 on are saved. */
  readonly regI: number;
  /** The parameter registers are homed. */
  readonly homes: boolean;
  /** 0: unchained; 1: lr is saved; 2: chained, with lr signed; 3: chained. */
  readonly chain: 0 | 1 | 2 | 3;
  /** Of the whole frame, in bytes. */
  readonly frameSize: number;
}

/** `undefined` where the word is the RVA of a record (flag 0), or of a flag without meaning (3). */
export function unpackArm64Unwind(word: number): PackedArm64Unwind | undefined {
  const flag = word & 3;
  if (flag !== 1 && flag !== 2) return undefined;
  return {
    fragment: flag === 2,
    functionLength: ((word >>> 2) & 0x7ff) * 4,
    regF: (word >>> 13) & 7,
    regI: (word >>> 16) & 15,
    homes: (word & 0x100000) !== 0,
    chain: ((word >>> 21) & 3) as 0 | 1 | 2 | 3,
    frameSize: (word >>> 23) * 16,
  };
}

/** The twin. */
export const packArm64Unwind = (packed: PackedArm64Unwind): number =>
  ((packed.fragment ? 2 : 1) |
    ((packed.functionLength / 4) << 2) |
    (packed.regF << 13) |
    (packed.regI << 16) |
    (packed.homes ? 0x100000 : 0) |
    (packed.chain << 21) |
    ((packed.frameSize / 16) << 23)) >>>
  0;

const x = (number: number): string => (number === 30 ? 'lr' : `x${number}`);

/** The saves of the integer registers, in the order of the instructions; the first one makes room for all of them. */
function saveIntegers({ regI, chain }: PackedArm64Unwind, saved: number): Arm64UnwindOperation[] {
  const operations: Arm64UnwindOperation[] = [];
  const withLr = chain === 1;
  for (let index = 0; index < regI; index += 2) {
    const first = 19 + index;
    const last = index + 1 === regI;
    const offset = index * 8;
    if (last && withLr) {
      operations.push(...(index === 0 ? lowered(saved) : []), { code: 'save_lrpair', registers: [x(first), 'lr'], offset });
    } else if (last) {
      operations.push(
        index === 0 ? { code: 'save_reg_x', registers: [x(first)], offset: -saved } : { code: 'save_reg', registers: [x(first)], offset },
      );
    } else {
      const registers = [x(first), x(first + 1)];
      operations.push(index === 0 ? { code: 'save_regp_x', registers, offset: -saved } : { code: 'save_regp', registers, offset });
    }
  }
  if (withLr && regI % 2 === 0) {
    operations.push(
      regI === 0 ? { code: 'save_reg_x', registers: ['lr'], offset: -saved } : { code: 'save_reg', registers: ['lr'], offset: regI * 8 },
    );
  }
  return operations;
}

/** x19 and lr together have no form that lowers the stack pointer, so it is lowered before. */
const lowered = (size: number): Arm64UnwindOperation[] => [{ code: 'alloc', size }];

function saveFloats({ regF, regI, chain }: PackedArm64Unwind, integers: number, saved: number): Arm64UnwindOperation[] {
  if (regF === 0) return [];
  const operations: Arm64UnwindOperation[] = [];
  const count = regF + 1;
  const first = regI === 0 && chain !== 1;
  for (let index = 0; index < count; index += 2) {
    const pair = index + 1 < count;
    const registers = pair ? [`d${8 + index}`, `d${9 + index}`] : [`d${8 + index}`];
    if (index === 0 && first) operations.push({ code: 'save_fregp_x', registers, offset: -saved });
    else operations.push({ code: pair ? 'save_fregp' : 'save_freg', registers, offset: integers + index * 8 });
  }
  return operations;
}

/** The largest that one `sub sp, sp, #imm` of the packed form lowers by. */
const STEP = 4080;

function allocateLocals(chain: number, size: number): Arm64UnwindOperation[] {
  const operations: Arm64UnwindOperation[] = [];
  const chained = chain >= 2;
  if (chained && size <= 512) {
    operations.push(
      size === 0
        ? { code: 'save_fplr', registers: ['fp', 'lr'], offset: 0 }
        : { code: 'save_fplr_x', registers: ['fp', 'lr'], offset: -size },
    );
  } else {
    if (size > STEP) operations.push({ code: 'alloc', size: STEP });
    const rest = size > STEP ? size - STEP : size;
    if (rest > 0) operations.push({ code: 'alloc', size: rest });
    if (chained) operations.push({ code: 'save_fplr', registers: ['fp', 'lr'], offset: 0 });
  }
  if (chained) operations.push({ code: 'set_fp' });
  return operations;
}

/** What packed information stands for, the first operation to undo first. */
export function expandPackedUnwind(packed: PackedArm64Unwind): readonly Arm64UnwindOperation[] {
  const { regF, regI, homes, chain, frameSize } = packed;
  const integers = regI * 8 + (chain === 1 ? 8 : 0);
  const floats = regF === 0 ? 0 : (regF + 1) * 8;
  const saved = Math.ceil((integers + floats + (homes ? 64 : 0)) / 16) * 16;
  const operations: Arm64UnwindOperation[] = chain === 2 ? [{ code: 'pac_sign_lr' }] : [];
  operations.push(...saveIntegers(packed, saved), ...saveFloats(packed, integers, saved));
  if (homes) {
    if (integers + floats === 0) operations.push({ code: 'alloc', size: saved });
    else operations.push({ code: 'nop' });
    operations.push({ code: 'nop' }, { code: 'nop' }, { code: 'nop' });
  }
  operations.push(...allocateLocals(chain, Math.max(0, frameSize - saved)));
  return operations.reverse();
}
