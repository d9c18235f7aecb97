import { UnsupportedError } from '@ijw/binary';
import {
  coreTypeNames,
  type Metadata,
  MethodAttributes,
  type MethodDefToken,
  MethodImplAttributes,
  methodSignatureOf,
  TableId,
  tokenRid,
  tokenTable,
  typeFullName,
} from '@ijw/metadata';
import { CallingConvention, type MethodSignature, type TypeNode } from '@ijw/metadata/signatures';
import type { LeanClrMethod } from './registry.ts';
import { formatLeanClrSignature, type LeanClrConvention, type LeanClrSignature, type LeanClrType } from './signature.ts';
import { LeanClrSignatureError, parseLeanClrSignature } from './signature-parser.ts';

/** Every other convention, the managed one too, is written `Default` (LeanCLR `metadata_name.cpp`, get_call_convention_name). */
const CONVENTIONS: ReadonlyMap<number, LeanClrConvention> = new Map([
  [CallingConvention.C, 'Cdecl'],
  [CallingConvention.StdCall, 'StdCall'],
  [CallingConvention.ThisCall, 'ThisCall'],
  [CallingConvention.FastCall, 'FastCall'],
  [CallingConvention.VarArg, 'VarArg'],
]);

/** LeanCLR's name of the module: the assembly's name, whatever the file and the Module row are called (`module_def.cpp`). A netmodule has only its own name. */
export function leanClrModule({ tables: { Assembly, Module }, strings }: Metadata): string {
  if (Assembly.rowCount > 0) return strings.get(Assembly.get(1, 'Name'));
  return strings.get(Module.get(1, 'Name')).replace(/\.(?:dll|exe|netmodule)$/i, '');
}

/**
 * The full signature string of a method, as LeanCLR looks it up. Generic parameters are written by their names. @throws UnsupportedError for a name that the grammar cannot hold;
 * BadImageError
 */
export function leanClrSignature(metadata: Metadata, token: MethodDefToken): LeanClrSignature {
  const { MethodDef } = metadata.tables;
  const declaringType = metadata.declaringType(token);
  const signature = methodSignatureOf(metadata, token);
  return checkGrammar({
    module: leanClrModule(metadata),
    type: typeFullName(metadata, declaringType),
    method: metadata.strings.get(MethodDef.get(tokenRid(token), 'Name')),
    genericArity: signature.genericParameterCount,
    parameters: parametersOf(metadata, signature, { type: genericNames(metadata, declaringType), method: genericNames(metadata, token) }),
  });
}

/** A method as LeanCLR's dispatch looks at it. @throws UnsupportedError for a name that the grammar cannot hold; BadImageError */
export function leanClrMethod(metadata: Metadata, token: MethodDefToken): LeanClrMethod {
  const { MethodDef } = metadata.tables;
  const rid = tokenRid(token);
  return {
    signature: leanClrSignature(metadata, token),
    isPInvoke: (MethodDef.get(rid, 'Flags') & MethodAttributes.PInvokeImpl) !== 0,
    isInternalCall: (MethodDef.get(rid, 'ImplFlags') & MethodImplAttributes.InternalCall) !== 0,
    hasBody: MethodDef.get(rid, 'RVA') !== 0,
  };
}

/** Of signatures whose parameters have no generic names, and which the grammar can hold. */
const knownParameters = new WeakMap<MethodSignature<TypeNode>, readonly LeanClrType[]>();
const heldParameters = new WeakSet<readonly LeanClrType[]>();

function parametersOf(metadata: Metadata, signature: MethodSignature<TypeNode>, names: GenericNames): readonly LeanClrType[] {
  const make = () => signature.parameterTypes.map((type) => leanClrType(metadata, type, names));
  if (names.type.length > 0 || names.method.length > 0) return make();
  const known = knownParameters.get(signature);
  if (known !== undefined) return known;
  const parameters = make();
  knownParameters.set(signature, parameters);
  const sample = { module: undefined, type: 'T', method: 'M', genericArity: 0, parameters };
  if (formatLeanClrSignature(sample).length < MAXIMUM_KNOWN && isHeld(sample)) heldParameters.add(parameters);
  return parameters;
}

/** With plain names in front, a signature is still shorter than the longest that is read. */
const MAXIMUM_KNOWN = 60_000;

/** Names that no part of the grammar looks into. */
const PLAIN_NAME = /^[A-Za-z_][\w.]{0,1000}$/;

/** Names may hold any character; those that the grammar would read otherwise are refused. */
function checkGrammar(signature: LeanClrSignature): LeanClrSignature {
  const { module = '', type, method, parameters } = signature;
  const isPlain =
    parameters !== undefined && heldParameters.has(parameters) && [module, type, method].every((name) => PLAIN_NAME.test(name));
  if (isPlain || isHeld(signature)) return signature;
  throw new UnsupportedError(`LeanCLR's grammar cannot hold the name "${formatLeanClrSignature(signature).slice(0, 120)}"`);
}

function isHeld(signature: LeanClrSignature): boolean {
  const text = formatLeanClrSignature(signature);
  try {
    return formatLeanClrSignature(parseLeanClrSignature(text)) === text;
  } catch (error) {
    if (!(error instanceof LeanClrSignatureError)) throw error;
    return false;
  }
}

interface GenericNames {
  readonly type: readonly string[];
  readonly method: readonly string[];
}

function genericNames(metadata: Metadata, owner: MethodDefToken | ReturnType<Metadata['declaringType']>): readonly string[] {
  const { GenericParam } = metadata.tables;
  const names: string[] = [];
  for (const rid of metadata.genericParamsOf(owner))
    names[GenericParam.get(rid, 'Number')] = metadata.strings.get(GenericParam.get(rid, 'Name'));
  return names;
}

function leanClrType(metadata: Metadata, type: TypeNode, names: GenericNames): LeanClrType {
  const inner = (element: TypeNode): LeanClrType => leanClrType(metadata, element, names);
  const named = (name: string): LeanClrType => ({ kind: 'named', name, arguments: [] });
  switch (type.kind) {
    case 'primitive':
      return named(coreTypeNames[type.type]);
    case 'named':
      return tokenTable(type.token) === TableId.TypeSpec ? unsupported('a TypeSpec') : named(typeFullName(metadata, type.token));
    case 'pointer':
    case 'byReference':
      return { kind: type.kind, element: inner(type.element) };
    case 'pinned':
      return inner(type.element);
    case 'szArray':
      return { kind: 'array', element: inner(type.element), rank: 1, vector: true };
    case 'array':
      // LeanCLR writes rank - 1 commas: an array of one dimension that is not a vector reads as one.
      return { kind: 'array', element: inner(type.element), rank: type.shape.rank, vector: type.shape.rank === 1 };
    case 'genericInstance': {
      const generic = inner(type.generic);
      return generic.kind === 'named' ? { ...generic, arguments: type.arguments.map(inner) } : unsupported('an instance of no named type');
    }
    case 'genericTypeParameter':
      return named(names.type[type.index] ?? `!${type.index}`);
    case 'genericMethodParameter':
      return named(names.method[type.index] ?? `!!${type.index}`);
    case 'modified':
      return inner(type.unmodified);
    case 'functionPointer':
      return functionPointer(type.signature, inner);
  }
}

function functionPointer(signature: MethodSignature<TypeNode>, inner: (type: TypeNode) => LeanClrType): LeanClrType {
  return {
    kind: 'functionPointer',
    convention: CONVENTIONS.get(signature.header & 0xf) ?? 'Default',
    parameters: signature.parameterTypes.map(inner),
    result: inner(signature.returnType),
  };
}

const unsupported = (what: string): never => {
  throw new UnsupportedError(`LeanCLR's grammar cannot hold ${what}`);
};
