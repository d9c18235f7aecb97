import type { Token } from '@ijw/metadata';
import type { PrimitiveName, TypeNode } from '@ijw/metadata/signatures';

/** The TypeDefs, TypeRefs, TypeSpecs and primitive types in a type of a signature. The decoder bounds the depth of the tree. */
export function* namedTypes(type: TypeNode): Generator<Token | PrimitiveName> {
  switch (type.kind) {
    case 'primitive':
      yield type.type;
      break;
    case 'named':
      yield type.token;
      break;
    case 'pointer':
    case 'byReference':
    case 'pinned':
    case 'szArray':
    case 'array':
      yield* namedTypes(type.element);
      break;
    case 'genericInstance':
      yield* namedTypes(type.generic);
      for (const argument of type.arguments) yield* namedTypes(argument);
      break;
    case 'functionPointer':
      yield* namedTypes(type.signature.returnType);
      for (const parameter of type.signature.parameterTypes) yield* namedTypes(parameter);
      break;
    case 'modified':
      yield* namedTypes(type.modifier);
      yield* namedTypes(type.unmodified);
  }
}
