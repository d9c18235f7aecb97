import {
  type ArrayShape,
  CallingConvention,
  type MethodSignature,
  type PrimitiveName,
  SignatureFlags,
  type SignatureTypeProvider,
  TableId,
  type TypeDefOrRefToken,
  tokenTable,
} from '@ijw/metadata';

const CONVENTIONS: ReadonlyMap<number, string> = new Map([
  [CallingConvention.Default, ''],
  [CallingConvention.C, 'unmanaged cdecl '],
  [CallingConvention.StdCall, 'unmanaged stdcall '],
  [CallingConvention.ThisCall, 'unmanaged thiscall '],
  [CallingConvention.FastCall, 'unmanaged fastcall '],
  [CallingConvention.VarArg, 'vararg '],
  [CallingConvention.Unmanaged, 'unmanaged '],
]);

/** `instance `, `vararg `, …: what stands before a return type. */
export function conventionText(header: number): string {
  const convention = CONVENTIONS.get(header & 0xf);
  if (convention === undefined || header & 0x80) return `callconv(${header & ~SignatureFlags.Generic}) `;
  const hasThis = header & SignatureFlags.HasThis ? 'instance ' : '';
  const explicit = header & SignatureFlags.ExplicitThis ? 'explicit ' : '';
  return `${hasThis}${explicit}${convention}`;
}

/** ECMA-335 II.14.2: `lower...upper`, with what is not given left out. One dimension without bounds is `...`, so that it is no vector. */
function boundText(size: number | undefined, lower: number | undefined, rank: number): string {
  if (lower === undefined) return size === undefined ? (rank === 1 ? '...' : '') : String(size);
  return size === undefined ? `${lower}...` : `${lower}...${lower + size - 1}`;
}

/** The parameters, with `...` before the variable ones. */
export function parameterTexts({ parameterTypes, requiredParameterCount }: MethodSignature<string>): readonly string[] {
  if (requiredParameterCount >= parameterTypes.length) return parameterTypes;
  return [...parameterTypes.slice(0, requiredParameterCount), '...', ...parameterTypes.slice(requiredParameterCount)];
}

/** Types of signatures as IL text (ECMA-335 II.7.1). The first modifier of a blob is the outermost one, so it stands last. */
export class TypeText implements SignatureTypeProvider<string> {
  readonly #nameOf: (token: TypeDefOrRefToken) => string;

  constructor(nameOf: (token: TypeDefOrRefToken) => string) {
    this.#nameOf = nameOf;
  }

  primitive(type: PrimitiveName): string {
    return type;
  }

  named(token: TypeDefOrRefToken, valueType: boolean | undefined): string {
    const name = this.#nameOf(token);
    if (valueType === undefined || tokenTable(token) === TableId.TypeSpec) return name;
    return valueType ? `valuetype ${name}` : `class ${name}`;
  }

  pointer(element: string): string {
    return `${element}*`;
  }

  byReference(element: string): string {
    return `${element}&`;
  }

  pinned(element: string): string {
    return `${element} pinned`;
  }

  szArray(element: string): string {
    return `${element}[]`;
  }

  array(element: string, { rank, sizes, lowerBounds }: ArrayShape): string {
    const bounds = Array.from({ length: Math.min(rank, 64) }, (_, dimension) => boundText(sizes[dimension], lowerBounds[dimension], rank));
    return `${element}[${bounds.join(',')}]`;
  }

  genericInstance(generic: string, args: readonly string[]): string {
    return `${generic}<${args.join(',')}>`;
  }

  genericTypeParameter(index: number): string {
    return `!${index}`;
  }

  genericMethodParameter(index: number): string {
    return `!!${index}`;
  }

  functionPointer(signature: MethodSignature<string>): string {
    return `method ${conventionText(signature.header)}${signature.returnType} *(${parameterTexts(signature).join(', ')})`;
  }

  modified(modifier: string, unmodified: string, required: boolean): string {
    return `${unmodified} ${required ? 'modreq' : 'modopt'}(${modifier})`;
  }
}
