import { type ArmUnwindOperation, type ArmWidth, registerRange } from './arm-unwind-codes.ts';

/** "ARM exception handling", "Packed unwind data": what the second word of an entry holds for a function of the usual form. */
export interface PackedArmUnwind {
  /** Without a prologue (flag 2). */
  readonly fragment: boolean;
  /** In bytes. */
  readonly functionLength: number;
  /** The return instruction. 0: pop of pc; 1: a branch of 16 bits; 2: one of 32; 3: not at all, without an epilogue. */
  readonly return: 0 | 1 | 2 | 3;
  /** r0 to r3 are homed. */
  readonly homes: boolean;
  /** The last register that is saved: r4 + reg, or with `floats` d8 + reg. */
  readonly reg: number;
  /** Floating-point registers are saved in place of integer registers; with reg 7, none at all. */
  readonly floats: boolean;
  /** lr is saved, with what else is. */
  readonly link: boolean;
  /** r11 is saved and made the frame pointer. */
  readonly chain: boolean;
  /** The ten bits as they are: words, or from 0x3f4 on how much is folded into the pushes and pops. */
  readonly stackAdjust: number;
}

/** `undefined` where the word is the RVA of a record (flag 0), or of a flag without meaning (3). */
export function unpackArmUnwind(word: number): PackedArmUnwind | undefined {
  const flag = word & 3;
  if (flag !== 1 && flag !== 2) return undefined;
  return {
    fragment: flag === 2,
    functionLength: ((word >>> 2) & 0x7ff) * 2,
    return: ((word >>> 13) & 3) as 0 | 1 | 2 | 3,
    homes: (word & 0x8000) !== 0,
    reg: (word >>> 16) & 7,
    floats: (word & 0x80000) !== 0,
    link: (word & 0x100000) !== 0,
    chain: (word & 0x200000) !== 0,
    stackAdjust: word >>> 22,
  };
}

/** The twin. */
export const packArmUnwind = (packed: PackedArmUnwind): number =>
  ((packed.fragment ? 2 : 1) |
    ((packed.functionLength / 2) << 2) |
    (packed.return << 13) |
    (packed.homes ? 0x8000 : 0) |
    (packed.reg << 16) |
    (packed.floats ? 0x80000 : 0) |
    (packed.link ? 0x100000 : 0) |
    (packed.chain ? 0x200000 : 0) |
    (packed.stackAdjust << 22)) >>>
  0;

/** From here on the adjustment is 1 to 4 words, and bits 2 and 3 fold it into the push and the pop. */
const FOLDED = 0x3f4;

interface Adjustment {
  readonly words: number;
  readonly inPush: boolean;
  readonly inPop: boolean;
}

const adjustmentOf = (stackAdjust: number): Adjustment =>
  stackAdjust < FOLDED
    ? { words: stackAdjust, inPush: false, inPop: false }
    : { words: (stackAdjust & 3) + 1, inPush: (stackAdjust & 4) !== 0, inPop: (stackAdjust & 8) !== 0 };

/** What one push or pop moves; a fold moves as many of r0 to r3 as it needs words, from r3 down. */
function movedRegisters({ reg, floats, link, chain }: PackedArmUnwind, foldedWords: number, withLink: boolean): string[] {
  return [
    ...registerRange('r', 4 - foldedWords, 3),
    ...(floats ? [] : registerRange('r', 4, 4 + reg)),
    ...(chain && (floats || reg < 7) ? ['r11'] : []),
    ...(link && withLink ? ['lr'] : []),
  ];
}

/** Only r0 to r7 and lr have an instruction of 16 bits. */
const moveWidth = (registers: readonly string[]): ArmWidth => (registers.some((name) => /^r([89]|1\d)$/.test(name)) ? 32 : 16);

const addWidth = (words: number): ArmWidth => (words < 0x80 ? 16 : 32);

const movesFloats = ({ floats, reg }: PackedArmUnwind): boolean => floats && reg !== 7;

const vpop = ({ reg }: PackedArmUnwind): ArmUnwindOperation => ({ code: 'vpop', registers: registerRange('d', 8, 8 + reg), width: 32 });

/** What the prologue of packed information does, the last instruction first: the order in which it is undone. */
export function expandPackedArmPrologue(packed: PackedArmUnwind): readonly ArmUnwindOperation[] {
  const { words, inPush } = adjustmentOf(packed.stackAdjust);
  const operations: ArmUnwindOperation[] = [];
  if (words > 0 && !inPush) operations.push({ code: 'add_sp', size: words * 4, width: addWidth(words) });
  if (movesFloats(packed)) operations.push(vpop(packed));
  // mov r11, sp; add r11, sp, #n where registers lie below.
  if (packed.chain) operations.push({ code: 'nop', width: packed.link || !packed.floats || inPush ? 32 : 16 });
  const registers = movedRegisters(packed, inPush ? words : 0, true);
  if (registers.length > 0) operations.push({ code: 'pop', registers, width: moveWidth(registers) });
  if (packed.homes) operations.push({ code: 'add_sp', size: 16, width: 16 });
  return operations;
}

/** What the epilogue does; `undefined` for a function without one. */
export function expandPackedArmEpilogue(packed: PackedArmUnwind): readonly ArmUnwindOperation[] | undefined {
  if (packed.return === 3) return undefined;
  const { words, inPop } = adjustmentOf(packed.stackAdjust);
  const operations: ArmUnwindOperation[] = [];
  if (words > 0 && !inPop) operations.push({ code: 'add_sp', size: words * 4, width: addWidth(words) });
  if (movesFloats(packed)) operations.push(vpop(packed));
  // Where the parameters are homed, pc is loaded behind them and not popped.
  const popsLink = !packed.homes || packed.return !== 0;
  const registers = movedRegisters(packed, inPop ? words : 0, popsLink);
  if (registers.length > 0) operations.push({ code: 'pop', registers, width: moveWidth(registers) });
  if (packed.homes) {
    if (packed.link && packed.return === 0) operations.push({ code: 'ldr_lr', offset: 20, width: 32 });
    else operations.push({ code: 'add_sp', size: 16, width: 16 });
  }
  if (packed.return !== 0) operations.push({ code: 'end', width: packed.return === 1 ? 16 : 32 });
  return operations;
}
