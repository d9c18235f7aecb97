// Intel SDM volume 2, 3.1.1.3 "Instruction Column in the Opcode Summary Table": the operand names of the table and their meaning.

/** Where an operand's value lies. */
export const Place = {
  /** ModRM.reg. */
  reg: 0,
  /** ModRM.rm: a register or memory. */
  rm: 1,
  /** ModRM.rm, a register only. */
  rmRegister: 2,
  /** ModRM.rm, memory only. */
  rmMemory: 3,
  /** VEX.vvvv. */
  vvvv: 4,
  /** The low three bits of the opcode. */
  opcode: 5,
  /** The upper half of the last immediate byte. */
  is4: 6,
  /** The same, where the lower half is a small immediate (`im2z`). */
  is5: 7,
  /** A register that the opcode implies. */
  fixed: 8,
  /** The constant 1 of a shift. */
  one: 9,
  immediate: 10,
  /** An immediate of eight bits, extended with its sign. */
  immediateSigned: 11,
  /** The lower half of the byte that `is5` lies in. */
  immediateLow: 12,
  relative: 13,
  farPointer: 14,
  /** A memory address without ModRM: `moffs`. */
  memoryOffset: 15,
  /** `[rSI]` with a segment that a prefix may change. */
  stringSource: 16,
  /** `es:[rDI]`. */
  stringDestination: 17,
  /** `[rDI]` with a segment that a prefix may change (MASKMOVDQU): the text has the segment alone. */
  maskDestination: 18,
  /** `[rBX+al]` (XLAT). */
  tableEntry: 19,
  /** ModRM.reg, a register that holds a memory address (MOVDIR64B). */
  regAddress: 20,
} as const;
export type Place = (typeof Place)[keyof typeof Place];

/** The set of registers that an operand names. */
export type RegisterFile = 'general' | 'segment' | 'control' | 'debug' | 'mmx' | 'xmm' | 'ymm' | 'vector' | 'mask' | 'st';

/** Bits, or one that the instruction's operand size (`v`, `z`, `y`), address size (`a`) or vector length (`vec`) decides. */
export type OperandSize = number | 'v' | 'z' | 'y' | 'a' | 'vec' | '2v' | '2y' | '16:v';

export interface OperandKind {
  readonly name: string;
  readonly place: Place;
  readonly file: RegisterFile;
  /** Of the register or immediate. */
  readonly size: OperandSize;
  /** Of the memory, 0 where it has none that has a name. */
  readonly memory: OperandSize;
  /** The number of a `fixed` register. */
  readonly number: number;
  /** Bits of a vector index: `vm32x` has 32 and a file of xmm. */
  readonly vectorIndex?: 'xmm' | 'ymm';
}

const kind = (name: string, place: Place, rest: Partial<OperandKind> = {}): OperandKind => ({
  name,
  place,
  file: 'general',
  size: 0,
  memory: 0,
  number: 0,
  ...rest,
});

const general = (name: string, number: number, size: OperandSize): OperandKind => kind(name, Place.fixed, { number, size });
const segment = (name: string, number: number): OperandKind => kind(name, Place.fixed, { file: 'segment', number, size: 16 });
const immediate = (name: string, size: OperandSize): OperandKind => kind(name, Place.immediate, { size });

const NAMED: readonly OperandKind[] = [
  general('al', 0, 8),
  general('cl', 1, 8),
  general('ax', 0, 16),
  general('dx', 2, 16),
  general('av', 0, 'v'),
  general('az', 0, 'z'),
  general('aa', 0, 'a'),
  general('eax', 0, 32),
  general('ecx', 1, 32),
  segment('es', 0),
  segment('cs', 1),
  segment('ss', 2),
  segment('ds', 3),
  segment('fs', 4),
  segment('gs', 5),
  kind('1', Place.one, { size: 8 }),
  immediate('ib', 8),
  immediate('iw', 16),
  immediate('id', 32),
  immediate('iz', 'z'),
  immediate('iv', 'v'),
  kind('ibs', Place.immediateSigned, { size: 'v' }),
  kind('im2z', Place.immediateLow, { size: 8 }),
  kind('rel8', Place.relative, { size: 8 }),
  kind('relz', Place.relative, { size: 'z' }),
  kind('ptr16:v', Place.farPointer, { size: 'v' }),
  kind('moffs8', Place.memoryOffset, { size: 8, memory: 8 }),
  kind('moffsv', Place.memoryOffset, { size: 'v', memory: 'v' }),
  kind('seg:si', Place.stringSource),
  kind('es:di', Place.stringDestination),
  kind('seg:di', Place.maskDestination),
  kind('seg:bx+al', Place.tableEntry, { memory: 8 }),
  kind('ra:mem', Place.regAddress, { size: 'a' }),
  kind('sreg', Place.reg, { file: 'segment', size: 16 }),
  kind('cr', Place.reg, { file: 'control', size: 'a' }),
  kind('dr', Place.reg, { file: 'debug', size: 'a' }),
  kind('st', Place.fixed, { file: 'st', size: 80 }),
  kind('st+', Place.rmRegister, { file: 'st', size: 80 }),
  kind('vm32x', Place.rmMemory, { vectorIndex: 'xmm' }),
  kind('vm32y', Place.rmMemory, { vectorIndex: 'ymm' }),
  kind('vm64x', Place.rmMemory, { vectorIndex: 'xmm' }),
  kind('vm64y', Place.rmMemory, { vectorIndex: 'ymm' }),
];

const sizeOf = (text: string): OperandSize => (/^\d+$/.test(text) ? Number(text) : (text as OperandSize));
const PLACES: Readonly<Record<string, Place>> = {
  '': Place.reg,
  '+': Place.opcode,
  ':rm': Place.rmRegister,
  ':v': Place.vvvv,
  ':is4': Place.is4,
  ':is5': Place.is5,
};
const VECTORS: Readonly<Record<string, { readonly file: RegisterFile; readonly size: OperandSize }>> = {
  mm: { file: 'mmx', size: 64 },
  xmm: { file: 'xmm', size: 128 },
  ymm: { file: 'ymm', size: 256 },
  vmm: { file: 'vector', size: 'vec' },
  k: { file: 'mask', size: 64 },
};

/** The names that have parts: `r/m32`, `ry/m16`, `rv:rm`, `xmm/m64`, `m16:v`. @throws Error for a name that is not in the notation */
function composed(name: string): OperandKind {
  const registerOrMemory = /^r\/m(\d+|[vzy])$/.exec(name)?.[1];
  if (registerOrMemory !== undefined) return kind(name, Place.rm, { size: sizeOf(registerOrMemory), memory: sizeOf(registerOrMemory) });
  const memory = /^m(\d*|v|y|vec|2v|2y|16:v)$/.exec(name)?.[1];
  if (memory !== undefined) return kind(name, Place.rmMemory, { memory: memory === '' ? 0 : sizeOf(memory) });
  const register = /^(?:r(\d+|[vzya])|(mm|[xyv]mm|k))(?:\/m(\d+|vec)|(\+|:\w+|))$/.exec(name);
  const [, size, vector, memorySize, place] = register ?? [];
  const set = vector === undefined ? { file: 'general' as const, size: sizeOf(size ?? '') } : VECTORS[vector];
  if (set && memorySize !== undefined) return kind(name, Place.rm, { ...set, memory: sizeOf(memorySize) });
  const at = place === undefined ? undefined : PLACES[place];
  if (set && at !== undefined) return kind(name, at, set);
  throw new Error(`${name} is not an operand of the table`);
}

/** The kind of operand that a name of the table means. @throws Error */
export const operandKind = (name: string): OperandKind => NAMED.find((named) => named.name === name) ?? composed(name);
