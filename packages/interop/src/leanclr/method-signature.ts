import { UnsupportedError } from '@ijw/binary';
import {
  CallingConvention,
  type Metadata,
  type MethodDefToken,
  type MethodSignature,
  methodSignatureOf,
  type PrimitiveName,
  TableId,
  type TypeNode,
  tokenRid,
  tokenTable,
  typeFullName,
} from '@ijw/metadata';
import { coreTypeNames } from '../shape/core-type-names.ts';
import { formatLeanClrSignature, type LeanClrConvention, type LeanClrSignature, type LeanClrType } from './signature.ts';
import { LeanClrSignatureError, parseLeanClrSignature } from './signature-parser.ts';

/** LeanCLR writes the primitive types by their full names. */
const PRIMITIVES: Readonly<Record<PrimitiveName, string>> = {
  ...coreTypeNames,
  void: 'System.Void',
  typedref: 'System.TypedReference',
};

const CONVENTIONS: ReadonlyMap<number, LeanClrConvention | undefined> = new Map([
  [CallingConvention.Default, undefined],
  [CallingConvention.C, 'Cdecl'],
  [CallingConvention.StdCall, 'StdCall'],
  [CallingConvention.ThisCall, 'ThisCall'],
  [CallingConvention.FastCall, 'FastCall'],
  [CallingConvention.VarArg, 'VarArg'],
  [CallingConvention.Unmanaged, 'Default'],
]);

/**
 * The full signature string of a method, as LeanCLR looks it up. Generic parameters are written by their names. @throws UnsupportedError for a name that the grammar cannot hold;
 * BadImageError
 */
export function leanClrSignature(metadata: Metadata, token: MethodDefToken): LeanClrSignature {
  const { MethodDef, Module } = metadata.tables;
  const declaringType = metadata.declaringType(token);
  const signature = methodSignatureOf(metadata, token);
  const names = { type: genericNames(metadata, declaringType), method: genericNames(metadata, token) };
  return checkGrammar({
    module: metadata.strings.get(Module.get(1, 'Name')).replace(/\.(dll|exe|netmodule)$/i, ''),
    type: typeFullName(metadata, declaringType),
    method: metadata.strings.get(MethodDef.get(tokenRid(token), 'Name')),
    genericArity: signature.genericParameterCount,
    parameters: signature.parameterTypes.map((type) => leanClrType(metadata, type, names)),
  });
}

/** Names may hold any character; those that the grammar would read otherwise are refused. */
function checkGrammar(signature: LeanClrSignature): LeanClrSignature {
  const text = formatLeanClrSignature(signature);
  try {
    if (formatLeanClrSignature(parseLeanClrSignature(text)) === text) return signature;
  } catch (error) {
    if (!(error instanceof LeanClrSignatureError)) throw error;
  }
  throw new UnsupportedError(`LeanCLR's grammar cannot hold the name "${text.slice(0, 120)}"`);
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
      return named(PRIMITIVES[type.type]);
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
      return { kind: 'array', element: inner(type.element), rank: type.shape.rank, vector: false };
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
  const convention = signature.header & 0xf;
  if (!CONVENTIONS.has(convention)) return unsupported(`the calling convention ${convention}`);
  return {
    kind: 'functionPointer',
    convention: CONVENTIONS.get(convention),
    parameters: signature.parameterTypes.map(inner),
    result: inner(signature.returnType),
  };
}

const unsupported = (what: string): never => {
  throw new UnsupportedError(`LeanCLR's grammar cannot hold ${what}`);
};
