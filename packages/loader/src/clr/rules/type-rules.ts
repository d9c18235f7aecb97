import { type MethodFacts, methodKind } from '../image/method-facts.ts';

/** The facts about a method's type that the rules use. */
export interface TypeFacts {
  readonly name: string;
  /** Display name of the assembly. */
  readonly assembly: string;
  readonly genericParameters: number;
  readonly isInterface: boolean;
  readonly isAbstract: boolean;
  readonly isImport: boolean;
}

/** One reason why a type with such a method does not load, with the message of the TypeLoadException. */
export interface TypeRule {
  readonly rule: string;
  readonly broken: (method: MethodFacts, type: TypeFacts) => boolean;
  readonly message: (method: MethodFacts, type: TypeFacts) => string;
}

/** RTSpecialName is for these alone (ECMA-335 II.22.26). */
const SPECIAL_NAMES = /^(\.c?ctor$|_VtblGap)/;

/** How the runtime's messages about a type begin. */
export const couldNotLoadType = (name: string, assembly: string): string => `Could not load type '${name}' from assembly '${assembly}'`;

const says = (message: string) => (): string => message;

/** dotnet/runtime `vm/methodtablebuilder.cpp`, EnumerateClassMethods: checked for every method before the second list. */
export const ENUMERATION_RULES: readonly TypeRule[] = [
  {
    rule: 'importedWithRva',
    broken: (method, type) => method.rva !== 0 && type.isImport,
    message: says('Method with non-zero RVA in an Import.'),
  },
  {
    rule: 'abstractWithRva',
    broken: (method) => method.rva !== 0 && method.isAbstract,
    message: says('Abstract method with non-zero RVA.'),
  },
  {
    rule: 'runtimeWithRva',
    broken: (method) => method.rva !== 0 && method.codeType === 'runtime',
    message: says('Runtime-implemented method with non-zero RVA.'),
  },
  {
    rule: 'internalCallWithRva',
    broken: (method) => method.rva !== 0 && method.isInternalCall,
    message: (method, type) => `Internal call method '${type.name}.${method.name}' with non-zero RVA.`,
  },
  {
    rule: 'asyncMethod',
    broken: (method) => method.isAsync,
    message: (_method, type) => `${couldNotLoadType(type.name, type.assembly)} because the format is invalid.`,
  },
  {
    rule: 'specialName',
    broken: (method) => method.isRtSpecialName && !SPECIAL_NAMES.test(method.name),
    message: (_method, type) => `${couldNotLoadType(type.name, type.assembly)}.`,
  },
  {
    rule: 'abstractInConcreteType',
    broken: (method, type) => method.isAbstract && !type.isAbstract,
    message: says('Abstract method in non-abstract class.'),
  },
  {
    rule: 'virtualPInvoke',
    broken: (method) => method.isVirtual && method.pinvokeImpl,
    message: says('Virtual PInvoke implemented method.'),
  },
  {
    rule: 'virtualStatic',
    broken: (method, type) => method.isVirtual && method.isStatic && !type.isInterface,
    message: says('Virtual Static Method.'),
  },
  {
    rule: 'nonStaticGlobal',
    broken: (method) => method.isGlobal && !method.isStatic,
    message: says('Non-Static Global Method.'),
  },
  {
    rule: 'globalConstructor',
    broken: (method) => method.isGlobal && method.name === '.ctor',
    message: says('Global instance constructor.'),
  },
  {
    rule: 'genericNative',
    broken: (method, type) => (type.genericParameters > 0 || method.genericParameters > 0) && (method.pinvokeImpl || method.isInternalCall),
    message: says('Generic method or method in generic class is internal call, PInvoke, or is defined in a COM Import class.'),
  },
  {
    rule: 'genericRuntime',
    broken: (method) => method.genericParameters > 0 && method.codeType === 'runtime',
    message: says('Generic method is runtime-implemented.'),
  },
];

/** The same file, ValidateMethods: managed code is IL, unmanaged code is a native P/Invoke of `<Module>`. */
export const VALIDATION_RULES: readonly TypeRule[] = [
  {
    rule: 'managedNative',
    broken: (method) => !method.isUnmanaged && method.codeType === 'native',
    message: says('Managed native not presently supported.'),
  },
  {
    rule: 'badImplFlags',
    broken: (method) => !method.isUnmanaged && method.codeType === 'optil',
    message: says('Bad implementation flags.'),
  },
  {
    rule: 'nativeMethodNotSupported',
    broken: (method) => method.isUnmanaged && !(method.codeType === 'native' && method.isGlobal),
    message: (method, type) => `Native method '${method.name}' on type '${type.name}' from assembly '${type.assembly}' is not supported.`,
  },
  {
    rule: 'badUnmanagedEntryPoint',
    broken: (method) => method.isUnmanaged && methodKind(method) !== 'pinvoke',
    message: says('Bad unmanaged code entry point.'),
  },
];
