import { UnsupportedError } from '@ijw/binary';

/** LeanCLR's signature strings: `[Module]NS.Type::Method(System.Int32,System.String)`, the keys of its P/Invoke and internal-call tables. */

export type LeanClrType =
  | { readonly kind: 'named'; readonly name: string; readonly arguments: readonly LeanClrType[] }
  | { readonly kind: 'array'; readonly element: LeanClrType; readonly rank: number; readonly vector: boolean }
  | { readonly kind: 'pointer' | 'byReference'; readonly element: LeanClrType }
  | {
      readonly kind: 'functionPointer';
      readonly convention: LeanClrConvention;
      readonly parameters: readonly LeanClrType[];
      readonly result: LeanClrType;
    };

export type LeanClrConvention = (typeof LEANCLR_CONVENTIONS)[number];

export const LEANCLR_CONVENTIONS = ['Cdecl', 'StdCall', 'ThisCall', 'FastCall', 'VarArg', 'Default'] as const;

export interface LeanClrSignature {
  /** The name of the managed assembly; never the library of the DllImport, and not the Module row's. */
  readonly module: string | undefined;
  /** `NS.Outer/Inner`. */
  readonly type: string;
  readonly method: string;
  /** How many generic parameters the method has; written as so many places between commas. */
  readonly genericArity: number;
  /** `undefined` in the short form, which leaves the parameters out. */
  readonly parameters: readonly LeanClrType[] | undefined;
}

/** ECMA-335 II.22.20: the numbers of generic parameters have 16 bits; arrays have far fewer dimensions. */
const MOST_COMMAS = 0xffff;

function commas(count: number): string {
  if (count > MOST_COMMAS) throw new UnsupportedError(`${count + 1} generic parameters or dimensions are more than a signature can have`);
  return ','.repeat(count);
}

export function formatLeanClrType(type: LeanClrType): string {
  switch (type.kind) {
    case 'named':
      return type.arguments.length === 0 ? type.name : `${type.name}<${type.arguments.map(formatLeanClrType).join(',')}>`;
    case 'array':
      return `${formatLeanClrType(type.element)}[${type.vector ? '' : type.rank === 1 ? '*' : commas(type.rank - 1)}]`;
    case 'pointer':
      return `${formatLeanClrType(type.element)}*`;
    case 'byReference':
      return `${formatLeanClrType(type.element)}&`;
    case 'functionPointer':
      return `delegate* unmanaged[${type.convention}]<${[...type.parameters, type.result].map(formatLeanClrType).join(',')}>`;
  }
}

export function formatLeanClrSignature(signature: LeanClrSignature): string {
  const module = signature.module === undefined ? '' : `[${signature.module}]`;
  const generic = signature.genericArity === 0 ? '' : `<${commas(signature.genericArity - 1)}>`;
  const parameters = signature.parameters === undefined ? '' : `(${signature.parameters.map(formatLeanClrType).join(',')})`;
  return `${module}${signature.type}::${signature.method}${generic}${parameters}`;
}
