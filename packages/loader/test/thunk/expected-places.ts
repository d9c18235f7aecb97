import type { AbiType, CallShape } from '@ijw/marshalling';

/** What the ABI documents say of a call, written down apart from the engines: symbols of registers and of stack words (`s0`, `s8`). */
export interface ExpectedCall {
  /** By parameter: [offset in the value, symbol]. */
  readonly parameters: readonly (readonly (readonly [number, string])[])[];
  readonly buffer?: string;
  /** Registers of the result by offset. */
  readonly result: readonly (readonly [number, string])[];
  readonly pops: number;
}

const size = (type: AbiType): number => (type.kind === 'void' ? 0 : type.size);
const words = (bytes: number, word: number): number => Math.ceil(bytes / word);
const fitsRegister = (bytes: number): boolean => bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8;

export function expectedX64({ parameters, result, memberFunction }: CallShape): ExpectedCall {
  const integers = ['rcx', 'rdx', 'r8', 'r9'];
  const floats = ['xmm0', 'xmm1', 'xmm2', 'xmm3'];
  const hidden = result.kind === 'aggregate' && (memberFunction || !fitsRegister(result.size));
  const order: (AbiType | 'hidden')[] = [...parameters];
  if (hidden) order.splice(memberFunction ? 1 : 0, 0, 'hidden');
  const symbols = order.map((type, at) =>
    at > 3 ? `s${at * 8}` : type !== 'hidden' && type.kind === 'float' ? floats[at]! : integers[at]!,
  );
  const parameterSymbols = symbols.filter((_, at) => order[at] !== 'hidden');
  const returned = result.kind === 'void' ? [] : hidden ? [] : [[0, result.kind === 'float' ? 'xmm0' : 'rax'] as const];
  return {
    parameters: parameterSymbols.map((symbol) => [[0, symbol]]),
    ...(hidden && { buffer: symbols[order.indexOf('hidden')]! }),
    result: returned,
    pops: 0,
  };
}

export function expectedX86({ convention, parameters, result, memberFunction }: CallShape): ExpectedCall {
  const hidden = result.kind === 'aggregate' && (memberFunction || !fitsRegister(result.size));
  const order: (AbiType | 'hidden')[] = [...parameters];
  if (hidden) order.splice(memberFunction ? 1 : 0, 0, 'hidden');
  const free = convention === 'fastcall' ? ['ecx', 'edx'] : convention === 'thiscall' ? ['ecx'] : [];
  let stack = 0;
  const symbols = order.map((type, at): (readonly [number, string])[] => {
    const bytes = type === 'hidden' ? 4 : size(type);
    const small = type === 'hidden' || (type.kind === 'integer' && type.size <= 4);
    if (small && free.length > 0 && (convention === 'fastcall' || at === 0)) return [[0, free.shift()!]];
    const start = stack;
    stack += words(bytes, 4) * 4;
    return Array.from({ length: words(bytes, 4) }, (_, word) => [word * 4, `s${start + word * 4}`] as const);
  });
  const isFloat = result.kind === 'float';
  const returned = result.kind === 'void' || hidden ? [] : isFloat ? ['st0'] : ['eax', 'edx'].slice(0, words(size(result), 4));
  return {
    parameters: symbols.filter((_, at) => order[at] !== 'hidden'),
    ...(hidden && { buffer: symbols[order.indexOf('hidden')]![0]![1] }),
    result: returned.map((register, at) => [at * 4, register] as const),
    pops: convention === 'cdecl' ? 0 : stack,
  };
}

export function expectedArm64({ parameters, result, memberFunction, variadic }: CallShape): ExpectedCall {
  const elements = (type: AbiType): number => (type.kind === 'float' ? 1 : type.kind === 'aggregate' ? (type.homogeneous?.count ?? 0) : 0);
  const elementSize = (type: AbiType): number => (type.kind === 'aggregate' ? (type.homogeneous?.elementSize ?? 8) : size(type));
  const large = (type: AbiType): boolean => type.kind === 'aggregate' && type.size > 16 && (variadic || elements(type) === 0);
  const hidden = result.kind === 'aggregate' && (memberFunction || (result.size > 16 && elements(result) === 0));
  let [x, v, stack] = [0, 0, 0];
  const toStack = (bytes: number): (readonly [number, string])[] => {
    const start = stack;
    stack += words(bytes, 8) * 8;
    return Array.from({ length: words(bytes, 8) }, (_, word) => [word * 8, `s${start + word * 8}`] as const);
  };
  const next = (type: AbiType): (readonly [number, string])[] => {
    const bytes = large(type) ? 8 : size(type);
    const count = words(bytes, 8);
    if (variadic) return Array.from({ length: count }, (_, word) => [word * 8, x < 8 ? `x${x++}` : toStack(8)[0]![1]] as const);
    if (elements(type) > 0) {
      if (v + elements(type) > 8) {
        v = 8;
        return toStack(bytes);
      }
      return Array.from({ length: elements(type) }, (_, at) => [at * elementSize(type), `v${v++}`] as const);
    }
    if (x + count > 8) {
      x = 8;
      return toStack(bytes);
    }
    return Array.from({ length: count }, (_, word) => [word * 8, `x${x++}`] as const);
  };
  const symbols = parameters.map((type, at) => {
    if (at === 1 && hidden && memberFunction) x++;
    return next(type);
  });
  [x, v, stack] = [0, 0, 0];
  const general = size(result) > 8 ? ['x0', 'x1'] : ['x0'];
  const vectors = Array.from({ length: elements(result) }, (_, at) => [at * elementSize(result), `v${at}`] as const);
  const returned =
    result.kind === 'void' || hidden ? [] : vectors.length > 0 ? vectors : general.map((name, at) => [at * 8, name] as const);
  return { parameters: symbols, ...(hidden && { buffer: memberFunction ? 'x1' : 'x8' }), result: returned, pops: 0 };
}
