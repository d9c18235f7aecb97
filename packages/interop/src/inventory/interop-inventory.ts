import type { MethodDefToken, Token, TypeDefToken } from '@ijw/metadata';
import type { MarshallingDescriptor } from '@ijw/metadata/marshalling';
import type { PlatformInvokeMethod } from './platform-invoke-method.ts';

/** A type of the module by token and full name. */
export interface NamedType {
  readonly token: TypeDefToken;
  readonly type: string;
}

export interface NamedMethod {
  readonly token: MethodDefToken;
  readonly method: string;
}

/** An instruction: the method, and the offset in its code. */
export interface CodeSite extends NamedMethod {
  readonly offset: number;
}

/** The calling convention of a function pointer, by CallKind (ECMA-335 II.15.3): `unmanaged` is 9, which modifiers refine. */
export type PointerConvention = 'managed' | 'cdecl' | 'stdcall' | 'thiscall' | 'fastcall' | 'vararg' | 'unmanaged' | 'unknown';

/** Function pointers, or `calli` signatures, of one convention. */
export interface ConventionUse {
  readonly convention: PointerConvention;
  /** Simple names of the `CallConv…` modifiers of the return type: `CallConvSuppressGCTransition`. */
  readonly modifiers: readonly string[];
  readonly count: number;
  /** The rows whose signatures have them, each once. */
  readonly places: readonly Token[];
}

/** Methods of one convention whose code is IL, native code of the image, or neither (abstract, bound by name, brought by the runtime). */
export interface MethodConventionUse {
  readonly code: 'il' | 'native' | 'none';
  readonly convention: PointerConvention;
  readonly modifiers: readonly string[];
  readonly count: number;
}

export interface UnmanagedEntry extends NamedMethod {
  /** Simple names of the types in `CallConvs`; none is the platform's default. */
  readonly conventions: readonly string[];
  readonly entryPoint?: string;
}

/** A LibraryImport method: its IL stub and the P/Invoke inside, or one P/Invoke where nothing has to be marshalled. */
export interface LibraryImport extends NamedMethod {
  readonly module?: string;
  readonly entryPoint?: string;
  readonly inner?: NamedMethod;
}

export interface ComWrappersType extends NamedType {
  readonly base: string;
  /** `ComputeVtables`, `CreateObject`, `ReleaseObjects` as far as they are overridden. */
  readonly overrides: readonly string[];
}

export interface ComImportType extends NamedType {
  readonly guid?: string;
  readonly interfaceType?: string;
  readonly coClass?: string;
  /** How many members have a DispId. */
  readonly dispIds: number;
}

/** A constructed generic type as a parameter of a P/Invoke. */
export interface GenericArgument extends NamedMethod {
  /** 0 for the return value. */
  readonly position: number;
  readonly type: string;
  /** `class` is refused by the runtime, `valueType` is taken where it is blittable. */
  readonly kind: 'class' | 'valueType';
}

export interface MarshalledField {
  readonly parent: Token;
  readonly descriptor: MarshallingDescriptor;
}

export interface WindowsRuntimeUse {
  /** The metadata version says `WindowsRuntime …`: a `.winmd` file. */
  readonly isWinmd: boolean;
  /** Types with the WindowsRuntime flag. */
  readonly types: readonly NamedType[];
  /** Names of types that are referred to in `.winmd` assemblies. */
  readonly references: readonly string[];
  /** Types of other assemblies that the .NET Framework shows in place of Windows Runtime ones. */
  readonly projected: readonly { readonly windows: string; readonly dotnet: string }[];
  /** Types that C#/WinRT made for Windows Runtime ones. */
  readonly projections: readonly NamedType[];
}

/** Everything about interop in a module. Lists are in the order of the metadata tables. */
export interface InteropInventory {
  readonly functionPointers: readonly ConventionUse[];
  /** Signatures of `calli` in StandAloneSig. */
  readonly callSignatures: readonly ConventionUse[];
  /** How methods are called, by where their code is. */
  readonly methodConventions: readonly MethodConventionUse[];
  /** `calli` instructions through an unmanaged convention. */
  readonly unmanagedCalls: readonly CodeSite[];
  /** How often each type is a custom modifier: `modopt NS.Type`. */
  readonly modifiers: ReadonlyMap<string, number>;
  readonly unmanagedCallersOnly: readonly UnmanagedEntry[];
  readonly suppressGCTransition: readonly NamedMethod[];
  readonly libraryImports: readonly LibraryImport[];
  readonly comWrappers: readonly ComWrappersType[];
  /** Calls of `ComWrappers.RegisterForMarshalling` and `RegisterForTrackerSupport`. */
  readonly comWrappersRegistrations: readonly CodeSite[];
  readonly generatedComInterfaces: readonly NamedType[];
  readonly generatedComClasses: readonly NamedType[];
  readonly comImports: readonly ComImportType[];
  /** Calls of the C# binder, by which `dynamic` reaches COM objects among others. */
  readonly dynamicCalls: readonly CodeSite[];
  /** Types that implement IDynamicInterfaceCastable. */
  readonly dynamicInterfaceCastable: readonly NamedType[];
  /** Types with DynamicInterfaceCastableImplementationAttribute. */
  readonly castableImplementations: readonly NamedType[];
  readonly genericArguments: readonly GenericArgument[];
  readonly runtimeMarshallingDisabled: boolean;
  readonly platformInvokes: readonly PlatformInvokeMethod[];
  readonly marshalledFields: readonly MarshalledField[];
  /** How many types have automatic, sequential and explicit layout. */
  readonly layouts: { readonly auto: number; readonly sequential: number; readonly explicit: number };
  /** How many attributes of other kinds there are. */
  readonly attributes: {
    readonly disableRuntimeMarshalling: number;
    readonly libraryImport: number;
    readonly unmanagedCallConv: number;
    readonly unmanagedFunctionPointer: number;
    readonly guid: number;
    readonly customMarshaller: number;
    readonly nativeMarshalling: number;
    readonly inlineArray: number;
    readonly unsafeAccessor: number;
    readonly suppressGCTransition: number;
  };
  readonly windowsRuntime: WindowsRuntimeUse;
}
