export { type Demangled, demangle, isDecorated, type NotDemangled, parseDecorated } from './demangle.ts';
export { DemangleError } from './demangle-error.ts';
export { type DemangleOptions, optionsOfUndnameFlags, type TextParts, type TextStyle, UndnameFlag } from './options.ts';
export type {
  ArrayType,
  BasedOn,
  CustomType,
  DecoratedSymbol,
  DecoratedType,
  FunctionSymbol,
  FunctionType,
  ManagedArrayType,
  MemberAccess,
  NamePiece,
  PinnedPointerType,
  PointerSymbol,
  PointerType,
  PrimitiveType,
  QualifiedName,
  Qualifiers,
  StringLiteralSymbol,
  TableSymbol,
  TagType,
  TemplateArgument,
  TemplateParameterType,
  Thunk,
  VariableSymbol,
} from './tree.ts';
