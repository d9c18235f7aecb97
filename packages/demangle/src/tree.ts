/** `__based(void)` or `__based(name)`. */
export interface BasedOn {
  readonly pointer?: QualifiedName;
}

/** The qualifiers of a type, a pointer or `this`. */
export interface Qualifiers {
  readonly const: boolean;
  readonly volatile: boolean;
  readonly restrict: boolean;
  readonly unaligned: boolean;
  /** The 64-bit mark `E` (`__ptr64`). */
  readonly pointer64: boolean;
  readonly based?: BasedOn;
}

/** One `::` part of a name. */
export type NamePiece =
  | { readonly kind: 'identifier'; readonly text: string }
  | { readonly kind: 'template'; readonly base: NamePiece; readonly arguments: readonly TemplateArgument[] }
  | { readonly kind: 'anonymousNamespace'; readonly key: string }
  /** C++/CLI and C++/CX: the interface that an explicit override names. */
  | { readonly kind: 'interface'; readonly name: QualifiedName }
  /** The scope of a function's local declaration: the function, and the number of the block in it. */
  | { readonly kind: 'localScope'; readonly symbol: DecoratedSymbol; readonly number: bigint }
  | { readonly kind: 'numberedScope'; readonly number: bigint }
  | { readonly kind: 'constructor' }
  /** `of` is its class where the name stands outside of it, in a back reference. */
  | { readonly kind: 'destructor'; readonly of?: NamePiece }
  /** `operator T`; a conversion without its target has no signature. */
  | { readonly kind: 'conversion'; readonly target?: DecoratedType }
  | { readonly kind: 'literalOperator'; readonly suffix: string }
  /** An operator or compiler-made function or table; `code` is a key of `specialNames`. */
  | { readonly kind: 'special'; readonly code: string; readonly of?: NamePiece }
  /** The function that initializes or destroys a static variable, which is known by its name or as a whole symbol. */
  | { readonly kind: 'initializer'; readonly destructor: boolean; readonly variable: NamePiece }
  | { readonly kind: 'symbolInitializer'; readonly destructor: boolean; readonly symbol: DecoratedSymbol }
  | { readonly kind: 'guard'; readonly thread: boolean; readonly index: number }
  | { readonly kind: 'typeDescriptor'; readonly type: DecoratedType }
  | { readonly kind: 'baseClassDescriptor'; readonly offsets: readonly number[] }
  /** clang's object behind a template argument of class type. */
  | { readonly kind: 'templateObject'; readonly value: TemplateArgument }
  | { readonly kind: 'nestedSymbol'; readonly symbol: DecoratedSymbol };

/** Scopes from the outermost in, then the name itself. */
export interface QualifiedName {
  readonly scopes: readonly NamePiece[];
  readonly name: NamePiece;
}

export type TemplateArgument =
  | { readonly kind: 'type'; readonly type: DecoratedType }
  | { readonly kind: 'template'; readonly name: QualifiedName }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly text: string }
  | { readonly kind: 'symbol'; readonly reference: boolean; readonly symbol?: DecoratedSymbol; readonly offsets: readonly bigint[] }
  | { readonly kind: 'offsets'; readonly offsets: readonly bigint[] }
  /** An object by the values of its members; `member` is the one that is set in a union. */
  | { readonly kind: 'object'; readonly type: DecoratedType; readonly member?: NamePiece; readonly values: readonly TemplateArgument[] }
  | { readonly kind: 'elements'; readonly type: DecoratedType; readonly values: readonly TemplateArgument[] }
  /** A reference to, or the address of, a member of an object. */
  | { readonly kind: 'subobject'; readonly reference: boolean; readonly object: TemplateArgument; readonly members: readonly NamePiece[] }
  | { readonly kind: 'parameter'; readonly text: string };

interface TypeBase {
  readonly qualifiers: Qualifiers;
}

export type PointerSymbol = '*' | '&' | '&&' | '^' | '%';

export interface PrimitiveType extends TypeBase {
  readonly kind: 'primitive';
  readonly name: string;
}

export interface TagType extends TypeBase {
  readonly kind: 'tag';
  readonly tag: 'class' | 'struct' | 'union' | 'enum' | 'coclass' | 'cointerface';
  /** The underlying type of an enumeration where it is not `int`. */
  readonly underlying?: string;
  readonly name: QualifiedName;
  /** C++/CLI: a value type in a box. */
  readonly boxed?: boolean;
}

export interface PointerType extends TypeBase {
  readonly kind: 'pointer';
  readonly symbol: PointerSymbol;
  readonly target: DecoratedType;
  /** The class of a pointer to member. */
  readonly memberOf?: QualifiedName;
  /** clang's pointer authentication: key, address discrimination, extra discriminator. */
  readonly authentication?: readonly bigint[];
}

export interface PinnedPointerType extends TypeBase {
  readonly kind: 'pinnedPointer';
  readonly target: DecoratedType;
}

export interface ManagedArrayType extends TypeBase {
  readonly kind: 'managedArray';
  readonly rank: number;
  readonly element: DecoratedType;
}

/** The qualifiers of an array are those of its elements. */
export interface ArrayType extends TypeBase {
  readonly kind: 'array';
  /** A dimension of 0 is unknown. */
  readonly dimensions: readonly bigint[];
  readonly element: DecoratedType;
}

export interface FunctionType extends TypeBase {
  readonly kind: 'function';
  /** A name of `callingConventions`; empty where the code has none. */
  readonly convention: string;
  /** Absent for constructors and destructors. */
  readonly returns?: DecoratedType;
  readonly parameters: readonly DecoratedType[];
  readonly variadic: boolean;
  /** There is an empty list, not even `void`. */
  readonly unspecified?: boolean;
  readonly noexcept: boolean;
  /** The types of a `throw(…)` list. */
  readonly throws?: readonly DecoratedType[];
  /** The `&` or `&&` after the parameters of a member function. */
  readonly referenceQualifier?: '&' | '&&';
  /** `this` is a tracking reference. */
  readonly tracking?: boolean;
  readonly based?: BasedOn;
}

/** A vendor type known by name only. */
export interface CustomType extends TypeBase {
  readonly kind: 'custom';
  readonly name: NamePiece;
}

export interface TemplateParameterType extends TypeBase {
  readonly kind: 'templateParameter';
  readonly text: string;
}

export type DecoratedType =
  | PrimitiveType
  | TagType
  | PointerType
  | PinnedPointerType
  | ManagedArrayType
  | ArrayType
  | FunctionType
  | CustomType
  | TemplateParameterType;

export type MemberAccess = 'private' | 'protected' | 'public';

/** How a virtual function's thunk finds `this`. */
export type Thunk =
  | { readonly kind: 'adjustor'; readonly offset: number }
  | { readonly kind: 'vtordisp'; readonly vtordisp: number; readonly offset: number }
  | {
      readonly kind: 'vtordispex';
      readonly vbptr: number;
      readonly vboffset: number;
      readonly vtordisp: number;
      readonly offset: number;
    };

export interface FunctionSymbol {
  readonly kind: 'function';
  readonly name: QualifiedName;
  readonly access?: MemberAccess;
  readonly static: boolean;
  readonly virtual: boolean;
  readonly externC: boolean;
  readonly thunk?: Thunk;
  /** Absent where the decoration leaves the signature out (`9`: a local name's extern "C" function). */
  readonly type?: FunctionType;
  /** The letter after `$$`: `F` and `H` are IL functions, `Q` data of C++/CLI, `J` extern "C", `h` Arm64EC code. */
  readonly managed?: string;
}

export interface VariableSymbol {
  readonly kind: 'variable';
  readonly name: QualifiedName;
  readonly access?: MemberAccess;
  readonly externC: boolean;
  readonly type: DecoratedType;
  /** What follows the type; for a pointer, the qualifiers of what it points to once more. */
  readonly storage: Qualifiers;
  readonly managed?: string;
}

/** A virtual function or virtual base table, or a complete object locator. */
export interface TableSymbol {
  readonly kind: 'table';
  readonly name: QualifiedName;
  readonly storage: Qualifiers;
  readonly targets: readonly QualifiedName[];
}

export interface StringLiteralSymbol {
  readonly kind: 'stringLiteral';
  readonly encoding: 'char' | 'wchar_t' | 'char16_t' | 'char32_t';
  /** Code units of the text that the name holds, without the terminator. */
  readonly units: readonly number[];
  /** The name holds the beginning only. */
  readonly truncated: boolean;
  /** Bytes of the whole literal with its terminator. */
  readonly byteLength: number;
  readonly checksum: string;
  /** C++/CLI metadata adds the type of the data. */
  readonly type?: DecoratedType;
}

export type DecoratedSymbol =
  | FunctionSymbol
  | VariableSymbol
  | TableSymbol
  | StringLiteralSymbol
  /** Run-time type data, guards, and members of metadata's `<Module>`: a name without a type. */
  | { readonly kind: 'name'; readonly name: QualifiedName }
  | { readonly kind: 'vcall'; readonly name: QualifiedName; readonly offset: bigint; readonly convention: string }
  /** A name of more than 4,096 characters: only its MD5 is left. */
  | { readonly kind: 'hashed'; readonly text: string }
  /** The string in a `type_info`. */
  | { readonly kind: 'typeInfoName'; readonly type: DecoratedType }
  | { readonly kind: 'type'; readonly type: DecoratedType }
  /** An entry point or import pointer of another symbol; `marker` is a key of `markers`. */
  | { readonly kind: 'marked'; readonly marker: string; readonly symbol: DecoratedSymbol }
  /** Data with C linkage in C++/CLI metadata: the plain name, then `$$B` and its type. */
  | { readonly kind: 'metadataData'; readonly name: string; readonly type: DecoratedType }
  | { readonly kind: 'metadataConversion'; readonly scope: string; readonly target: DecoratedType }
  /** For `throw`: the type that is thrown, and how many types of `catch` take it. */
  | {
      readonly kind: 'throwInfo';
      readonly type: DecoratedType;
      readonly types: number;
      readonly const: boolean;
      readonly volatile: boolean;
      readonly unaligned: boolean;
    }
  | { readonly kind: 'catchableTypeArray'; readonly type: DecoratedType; readonly types: number }
  /** `numbers` are the size and the offsets in its class, written together. */
  | { readonly kind: 'catchableType'; readonly type: DecoratedType; readonly copyConstructor?: DecoratedSymbol; readonly numbers: string }
  /** `_f@8`, `@f@8`, `f@@8`: x86 and x64 C functions. */
  | {
      readonly kind: 'cFunction';
      readonly decorated: string;
      readonly name: string;
      readonly convention: string;
      readonly argumentBytes: number;
    };
