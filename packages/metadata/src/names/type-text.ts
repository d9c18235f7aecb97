import type { Metadata } from '../metadata.ts';
import type { PrimitiveName } from '../signatures/element-type.ts';
import { decodeTypeSpec } from '../signatures/signature-decoder.ts';
import { CallingConvention } from '../signatures/signature-header.ts';
import type { MethodSignature } from '../signatures/signature-type-provider.ts';
import { type TypeNode, typeNodes } from '../signatures/type-node.ts';
import { TableId } from '../tables/table-id.ts';
import { type Token, tokenRid, tokenTable } from '../tables/token.ts';
import { typeFullName } from './type-full-name.ts';

/** C#'s keywords for the primitive types. */
const keywords: Readonly<Record<PrimitiveName, string>> = {
  void: 'void',
  bool: 'bool',
  char: 'char',
  int8: 'sbyte',
  uint8: 'byte',
  int16: 'short',
  uint16: 'ushort',
  int32: 'int',
  uint32: 'uint',
  int64: 'long',
  uint64: 'ulong',
  float32: 'float',
  float64: 'double',
  string: 'string',
  typedref: 'System.TypedReference',
  'native int': 'nint',
  'native uint': 'nuint',
  object: 'object',
};

const unmanagedConventions: Readonly<Record<number, string>> = {
  [CallingConvention.C]: ' unmanaged[Cdecl]',
  [CallingConvention.StdCall]: ' unmanaged[Stdcall]',
  [CallingConvention.ThisCall]: ' unmanaged[Thiscall]',
  [CallingConvention.FastCall]: ' unmanaged[Fastcall]',
};

/** TypeSpecs that name TypeSpecs deeper than this are a loop. */
const MAX_TYPE_SPECS = 20;

/** The names of the modifiers around a type, outermost first, without their namespace. */
export function modifierNames(metadata: Metadata, type: TypeNode): string[] {
  const names: string[] = [];
  for (let node = type; node.kind === 'modified'; node = node.unmodified) {
    if (node.modifier.kind === 'named') names.push(typeFullName(metadata, node.modifier.token).replace(/^.*\./, ''));
  }
  return names;
}

function conventionText(metadata: Metadata, { header, returnType }: MethodSignature<TypeNode>): string {
  const convention = header & 0xf;
  if (convention !== CallingConvention.Unmanaged) return unmanagedConventions[convention] ?? '';
  const named = modifierNames(metadata, returnType).filter((name) => name.startsWith('CallConv'));
  return named.length === 0 ? ' unmanaged' : ` unmanaged[${named.map((name) => name.slice('CallConv'.length)).join(', ')}]`;
}

/** A type as C# would write it, custom modifiers left out; nested types by `/`, generic parameters by number (`!0`, `!!0`). */
export function typeText(metadata: Metadata, type: TypeNode, typeSpecs = 0): string {
  const text = (node: TypeNode) => typeText(metadata, node, typeSpecs);
  switch (type.kind) {
    case 'primitive':
      return keywords[type.type];
    case 'named':
      return tokenTable(type.token) === TableId.TypeSpec
        ? typeSpecText(metadata, type.token, typeSpecs + 1)
        : typeFullName(metadata, type.token);
    case 'pointer':
      return `${text(type.element)}*`;
    case 'byReference':
      return `ref ${text(type.element)}`;
    case 'pinned':
      return `pinned ${text(type.element)}`;
    case 'szArray':
      return `${text(type.element)}[]`;
    case 'array':
      return `${text(type.element)}[${','.repeat(Math.min(Math.max(0, type.shape.rank - 1), 31))}]`;
    case 'genericInstance':
      return `${text(type.generic)}<${type.arguments.map(text).join(', ')}>`;
    case 'genericTypeParameter':
      return `!${type.index}`;
    case 'genericMethodParameter':
      return `!!${type.index}`;
    case 'functionPointer': {
      const { signature } = type;
      return `delegate*${conventionText(metadata, signature)}<${[...signature.parameterTypes, signature.returnType].map(text).join(', ')}>`;
    }
    case 'modified':
      return text(type.unmodified);
  }
}

/** The type that a TypeSpec stands for, as C# would write it. @throws BadImageError, also for TypeSpecs that name each other in a circle */
export function typeSpecText(metadata: Metadata, token: Token, typeSpecs = 0): string {
  const rid = tokenRid(token);
  const signature = metadata.tables.TypeSpec.column('Signature');
  if (typeSpecs > MAX_TYPE_SPECS) throw signature.error('TYPE_SPEC_CYCLE', 'TypeSpecs name each other in a circle', rid);
  return typeText(metadata, decodeTypeSpec(metadata.blobs.reader(signature.at(rid), 'a TypeSpec'), typeNodes), typeSpecs);
}
