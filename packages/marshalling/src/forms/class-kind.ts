import { isTokenOf, type Token, TypeAttributes, tokenRid, typeFullName } from '@ijw/metadata';
import type { FormSource } from './native-form.ts';

/** The kinds of classes that marshalling distinguishes. `elsewhere`: a class of another assembly whose bases are not known. */
export type ClassKind =
  | 'string'
  | 'object'
  | 'stringBuilder'
  | 'array'
  | 'safeHandle'
  | 'criticalHandle'
  | 'delegate'
  | 'interface'
  | 'layout'
  | 'other'
  | 'elsewhere';

/** A longer chain of bases is a loop. */
const BASE_LIMIT = 64;

const INTEROP = 'System.Runtime.InteropServices';

/** Classes of the core library by what they, and what derives from them, are. */
const KNOWN: Readonly<Record<string, ClassKind>> = {
  'System.String': 'string',
  'System.Object': 'object',
  'System.Text.StringBuilder': 'stringBuilder',
  'System.Array': 'array',
  'System.Delegate': 'delegate',
  'System.MulticastDelegate': 'delegate',
  [`${INTEROP}.SafeHandle`]: 'safeHandle',
  [`${INTEROP}.SafeBuffer`]: 'safeHandle',
  [`${INTEROP}.CriticalHandle`]: 'criticalHandle',
  'Microsoft.Win32.SafeHandles.CriticalHandleMinusOneIsInvalid': 'criticalHandle',
  'Microsoft.Win32.SafeHandles.CriticalHandleZeroOrMinusOneIsInvalid': 'criticalHandle',
};

/** The SafeHandles of .NET and .NET Framework in this namespace, for assemblies that only refer to them. */
const SAFE_HANDLES = 'Microsoft.Win32.SafeHandles.';
const SAFE_HANDLE_NAMES: ReadonlySet<string> = new Set(
  (
    'SafeAccessTokenHandle SafeFileHandle SafeFindHandle SafeHandleMinusOneIsInvalid SafeHandleZeroOrMinusOneIsInvalid SafeMemoryMappedFileHandle SafeMemoryMappedViewHandle ' +
    'SafeNCryptHandle SafeNCryptKeyHandle SafeNCryptProviderHandle SafeNCryptSecretHandle SafePipeHandle SafeProcessHandle SafeRegistryHandle SafeWaitHandle SafeX509ChainHandle'
  ).split(' '),
);

/** The base class determines the kind of a class of the module itself, whatever its name. */
function knownKind(name: string, isDefinition: boolean): ClassKind | undefined {
  const isHandle = !isDefinition && name.startsWith(SAFE_HANDLES) && SAFE_HANDLE_NAMES.has(name.slice(SAFE_HANDLES.length));
  return KNOWN[name] ?? (isHandle ? 'safeHandle' : undefined);
}

/** The kind of a class by its own flags and the classes it comes from. @throws BadImageError */
export function classKindOf(source: FormSource, token: Token): ClassKind {
  let [at, type]: [FormSource, Token] = [source, token];
  let own: ClassKind = 'elsewhere';
  for (let depth = 0; depth < BASE_LIMIT && tokenRid(type) !== 0; depth++) {
    if (isTokenOf(type, 'TypeSpec')) break;
    const known = knownKind(typeFullName(at.metadata, type), isTokenOf(type, 'TypeDef'));
    if (known === 'object' && depth > 0) return own;
    if (known !== undefined) return known;
    const definition = isTokenOf(type, 'TypeDef') ? { source: at, token: type } : at.definition(type);
    if (!definition) return 'elsewhere';
    const { TypeDef } = definition.source.metadata.tables;
    const flags = TypeDef.get(tokenRid(definition.token), 'Flags');
    if (flags & TypeAttributes.Interface) return 'interface';
    if (depth === 0) own = (flags & TypeAttributes.LayoutMask) === TypeAttributes.AutoLayout ? 'other' : 'layout';
    [at, type] = [definition.source, TypeDef.column('Extends').token(tokenRid(definition.token))];
  }
  return own;
}
