import type { TypeDefOrRefToken } from '../tables/token.ts';
import type { PrimitiveName } from './element-type.ts';
import type { ArrayShape, MethodSignature, SignatureTypeProvider } from './signature-type-provider.ts';

/** A type of a signature as a tree with all information of the blob. */
export type TypeNode =
  | { readonly kind: 'primitive'; readonly type: PrimitiveName }
  | { readonly kind: 'named'; readonly token: TypeDefOrRefToken; readonly valueType: boolean | undefined }
  | { readonly kind: 'pointer'; readonly element: TypeNode }
  | { readonly kind: 'byReference'; readonly element: TypeNode }
  | { readonly kind: 'pinned'; readonly element: TypeNode }
  | { readonly kind: 'szArray'; readonly element: TypeNode }
  | { readonly kind: 'array'; readonly element: TypeNode; readonly shape: ArrayShape }
  | { readonly kind: 'genericInstance'; readonly generic: TypeNode; readonly arguments: readonly TypeNode[] }
  | { readonly kind: 'genericTypeParameter'; readonly index: number }
  | { readonly kind: 'genericMethodParameter'; readonly index: number }
  | { readonly kind: 'functionPointer'; readonly signature: MethodSignature<TypeNode> }
  | { readonly kind: 'modified'; readonly modifier: TypeNode; readonly unmodified: TypeNode; readonly required: boolean };

/** One node for each primitive type: lists of parameters are mostly made of them. */
const primitives = new Map<PrimitiveName, TypeNode>();

function primitive(type: PrimitiveName): TypeNode {
  let node = primitives.get(type);
  if (node === undefined) {
    node = { kind: 'primitive', type };
    primitives.set(type, node);
  }
  return node;
}

/** Decodes into `TypeNode` trees. */
export const typeNodes: SignatureTypeProvider<TypeNode> = {
  primitive,
  named: (token, valueType) => ({ kind: 'named', token, valueType }),
  pointer: (element) => ({ kind: 'pointer', element }),
  byReference: (element) => ({ kind: 'byReference', element }),
  pinned: (element) => ({ kind: 'pinned', element }),
  szArray: (element) => ({ kind: 'szArray', element }),
  array: (element, shape) => ({ kind: 'array', element, shape }),
  genericInstance: (generic, args) => ({ kind: 'genericInstance', generic, arguments: args }),
  genericTypeParameter: (index) => ({ kind: 'genericTypeParameter', index }),
  genericMethodParameter: (index) => ({ kind: 'genericMethodParameter', index }),
  functionPointer: (signature) => ({ kind: 'functionPointer', signature }),
  modified: (modifier, unmodified, required) => ({ kind: 'modified', modifier, unmodified, required }),
};
