import { BadImageError, ByteReader } from '@ijw/binary';
import { opCodeOf, operandKindNames } from '@ijw/il';
import type { NanoAssembly } from './nano-assembly.ts';
import { NanoMethodFlags, NO_INDEX } from './nano-tables.ts';

/** An instruction. Tokens are of 16 bits, except those of `ldtoken`: table and index as they are in 32. */
export interface NanoInstruction {
  readonly offset: number;
  readonly name: string;
  readonly operand: NanoOperand;
}

export type NanoOperand =
  | { readonly kind: 'none' }
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'target'; readonly target: number }
  | { readonly kind: 'targets'; readonly targets: readonly number[] }
  | { readonly kind: 'string' | 'type' | 'method' | 'field' | 'token'; readonly token: number };

/** Offsets in the code; the ends are those of the file (nanoframework.github.io, `pe-file/ExceptionHandlerTableEntry.md`). */
export interface NanoExceptionHandler {
  readonly mode: 'catch' | 'catchAll' | 'finally' | 'filter' | 'unknown';
  /** The class of `catch`, the offset of `filter`. */
  readonly classOrFilter: number;
  readonly tryStart: number;
  readonly tryEnd: number;
  readonly handlerStart: number;
  readonly handlerEnd: number;
}

export interface NanoBody {
  readonly instructions: readonly NanoInstruction[];
  readonly handlers: readonly NanoExceptionHandler[];
  /** Why the code could not be read to its end. */
  readonly error?: BadImageError;
}

const MODES = ['catch', 'catchAll', 'finally', 'filter'] as const;
const HANDLER_SIZE = 12;

/** Reads code. A body ends where that of the next method begins: its size is not in the file. */
export class NanoCode {
  readonly #assembly: NanoAssembly;
  readonly #starts: readonly number[];

  constructor(assembly: NanoAssembly) {
    this.#assembly = assembly;
    const methods = assembly.table('MethodDef');
    const starts = new Set<number>();
    for (let index = 0; index < (methods?.rowCount ?? 0); index++) starts.add(methods?.number(index, 'RVA') ?? NO_INDEX);
    this.#starts = [...starts].sort((a, b) => a - b);
  }

  /** The body of a MethodDef by index; `undefined` for one without code. @throws BadImageError for a method that does not exist */
  body(index: number): NanoBody | undefined {
    const row = this.#assembly.table('MethodDef')?.row(index);
    const start = Number(row?.RVA ?? NO_INDEX);
    if (start === NO_INDEX) return undefined;
    const code = this.#assembly.blob('ByteCode');
    const bytes = code.subarray(start, Math.min(this.#next(start), code.length));
    this.#assembly.expansion.spend(bytes.length, { offset: bytes.byteOffset - this.#assembly.bytes.byteOffset });
    const handlers = Number(row?.Flags) & NanoMethodFlags.HasExceptionHandlers ? handlersOf(bytes) : { list: [], size: 0 };
    return { ...instructionsOf(bytes.subarray(0, bytes.length - handlers.size)), handlers: handlers.list };
  }

  #next(start: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) > start) high = middle;
      else low = middle + 1;
    }
    return this.#starts[low] ?? NO_INDEX;
  }
}

/** The handlers stand behind the code, and after them their number. */
function handlersOf(bytes: Uint8Array): { readonly list: readonly NanoExceptionHandler[]; readonly size: number } {
  const count = bytes.at(-1) ?? 0;
  const size = count * HANDLER_SIZE + 1;
  if (size > bytes.length) return { list: [], size: 0 };
  const reader = new ByteReader(bytes.subarray(bytes.length - size), { reading: 'the exception handlers of a method' });
  const list = Array.from({ length: count }, () => {
    const mode = MODES[reader.u16()] ?? 'unknown';
    const [classOrFilter, tryStart, tryEnd] = [reader.u16(), reader.u16(), reader.u16()];
    return { mode, classOrFilter, tryStart, tryEnd, handlerStart: reader.u16(), handlerEnd: reader.u16() };
  });
  return { list, size };
}

function instructionsOf(bytes: Uint8Array): Omit<NanoBody, 'handlers'> {
  const reader = new ByteReader(bytes, { reading: 'the code of a method' });
  const instructions: NanoInstruction[] = [];
  try {
    while (!reader.atEnd) instructions.push(instruction(reader));
  } catch (error) {
    if (error instanceof BadImageError) return { instructions, error };
    throw error;
  }
  return { instructions };
}

function instruction(reader: ByteReader): NanoInstruction {
  const offset = reader.position;
  const first = reader.u8();
  const opCode = opCodeOf(first === 0xfe ? 0xfe00 | reader.u8() : first);
  if (opCode === undefined) throw reader.error('BAD_OPCODE', 'is not an instruction', offset);
  return { offset, name: opCode.name, operand: operand(reader, operandKindNames[opCode.operandKind] ?? 'InlineNone') };
}

/** Tokens and distances take two bytes in place of four, the count of `switch` one. */
function operand(reader: ByteReader, kind: (typeof operandKindNames)[number]): NanoOperand {
  switch (kind) {
    case 'InlineNone':
      return { kind: 'none' };
    case 'ShortInlineI':
      return { kind: 'number', value: reader.i8() };
    case 'ShortInlineVar':
      return { kind: 'number', value: reader.u8() };
    case 'InlineVar':
      return { kind: 'number', value: reader.u16() };
    case 'InlineI':
      return { kind: 'number', value: reader.i32() };
    case 'InlineI8':
      return { kind: 'number', value: reader.i64() };
    case 'ShortInlineR':
      return { kind: 'number', value: reader.f32() };
    case 'InlineR':
      return { kind: 'number', value: reader.f64() };
    case 'ShortInlineBrTarget':
      return target(reader, reader.i8());
    case 'InlineBrTarget':
      return target(reader, reader.i16());
    case 'InlineSwitch':
      return switchTargets(reader);
    case 'InlineTok':
    case 'InlineSig':
      return { kind: 'token', token: reader.u32() };
    default:
      return { kind: TOKEN_KINDS[kind], token: reader.u16() };
  }
}

const TOKEN_KINDS = { InlineString: 'string', InlineType: 'type', InlineMethod: 'method', InlineField: 'field' } as const;

const target = (reader: ByteReader, distance: number): NanoOperand => ({ kind: 'target', target: reader.position + distance });

function switchTargets(reader: ByteReader): NanoOperand {
  const distances = Array.from({ length: reader.count(reader.u8(), 2) }, () => reader.i16());
  return { kind: 'targets', targets: distances.map((distance) => reader.position + distance) };
}
