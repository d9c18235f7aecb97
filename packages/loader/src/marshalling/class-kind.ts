import { isTokenOf, type Metadata, type Token, type TypeDefToken, tokenRid, typeFullName } from '@ijw/metadata';

/** What marshalling distinguishes classes by. `elsewhere`: a class of another assembly whose bases are not at hand. */
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

/** ECMA-335 II.23.1.15. */
const TypeFlags = { interface: 0x20, layoutMask: 0x18 } as const;
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

/** Every other class of this namespace is a SafeHandle. */
const SAFE_HANDLES = 'Microsoft.Win32.SafeHandles.';

function knownKind(name: string): ClassKind | undefined {
  return KNOWN[name] ?? (name.startsWith(SAFE_HANDLES) ? 'safeHandle' : undefined);
}

/** The kind of a class by its own flags and the classes it comes from. @throws BadImageError */
export function classKindOf(metadata: Metadata, token: Token): ClassKind {
  const { TypeDef } = metadata.tables;
  let type = token;
  for (let depth = 0; depth < BASE_LIMIT && tokenRid(type) !== 0; depth++) {
    if (isTokenOf(type, 'TypeSpec')) break;
    const known = knownKind(typeFullName(metadata, type));
    if (known !== undefined && !(known === 'object' && depth > 0)) return known;
    if (!isTokenOf(type, 'TypeDef')) return known === 'object' ? ownKind(metadata, token) : 'elsewhere';
    if (TypeDef.get(tokenRid(type), 'Flags') & TypeFlags.interface) return 'interface';
    type = TypeDef.column('Extends').token(tokenRid(type));
  }
  return ownKind(metadata, token);
}

/** A class of the image that comes from Object alone, or from other classes of the image. */
function ownKind(metadata: Metadata, token: Token): ClassKind {
  if (!isTokenOf(token, 'TypeDef')) return 'elsewhere';
  const flags = metadata.tables.TypeDef.get(tokenRid(token as TypeDefToken), 'Flags');
  return (flags & TypeFlags.layoutMask) === 0 ? 'other' : 'layout';
}
