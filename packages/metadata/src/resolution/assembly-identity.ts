import { hexBytes } from '@ijw/binary';
import { sha1 } from './sha1.ts';

/** The identity of an assembly (ECMA-335 II.6.2.1, II.6.3). Strings as stored; the empty culture is the neutral one. */
export interface AssemblyIdentity {
  readonly name: string;
  readonly version: AssemblyVersion | undefined;
  readonly culture: string | undefined;
  /** 16 lower-case hexadecimal digits; the empty string says "no key", `undefined` says nothing. */
  readonly publicKeyToken: string | undefined;
}

export interface AssemblyVersion {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
  readonly revision: number;
}

/** ECMA-335 II.6.2.1.3: the last eight bytes of the SHA-1 of the public key, backwards. */
export function publicKeyToken(publicKey: Uint8Array): string {
  return publicKey.length === 0 ? '' : hexBytes(sha1(publicKey).subarray(12).reverse());
}

/** `1.2.3.4` */
export const formatVersion = ({ major, minor, build, revision }: AssemblyVersion): string => `${major}.${minor}.${build}.${revision}`;

/** Characters that .NET escapes in the name of an assembly. */
const SPECIAL = /[\\,="'/]/g;
const quoteName = (name: string): string => {
  const escaped = name.replace(SPECIAL, '\\$&');
  return name !== name.trim() || name === '' ? `"${escaped}"` : escaped;
};

/** `Name, Version=1.2.3.4, Culture=neutral, PublicKeyToken=b77a5c561934e089`: `AssemblyName.FullName` of .NET. Parts that are unknown are left out. */
export function formatAssemblyIdentity({ name, version, culture, publicKeyToken: token }: AssemblyIdentity): string {
  const parts = [quoteName(name)];
  if (version) parts.push(`Version=${formatVersion(version)}`);
  if (culture !== undefined) parts.push(`Culture=${culture === '' ? 'neutral' : quoteName(culture)}`);
  if (token !== undefined) parts.push(`PublicKeyToken=${token === '' ? 'null' : token}`);
  return parts.join(', ');
}

/** Splits at commas that are neither escaped nor quoted, and takes escapes and quotes away. */
function displayNameParts(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '\\' && index + 1 < text.length) part += text[++index];
    else if (quote === character) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (quote === '' && character === ',') {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()];
}

/** Absent parts of a version are 65535 in .NET's files and 0 in comparisons; here they are 0. */
function parseVersion(text: string): AssemblyVersion | undefined {
  if (!/^\d+(\.\d+){0,3}$/.test(text)) return undefined;
  const [major = 0, minor = 0, build = 0, revision = 0] = text.split('.').map(Number);
  return { major, minor, build, revision };
}

/** Reads a display name as serialized type names have it. Parts it does not know are passed over; it never fails. */
export function parseAssemblyIdentity(text: string): AssemblyIdentity {
  const [name = '', ...rest] = displayNameParts(text);
  const values = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals > 0) values.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  const version = values.get('version');
  const culture = values.get('culture');
  const token = values.get('publickeytoken')?.toLowerCase();
  return {
    name,
    version: version === undefined ? undefined : parseVersion(version),
    culture: culture?.toLowerCase() === 'neutral' ? '' : culture,
    publicKeyToken: token === 'null' ? '' : token,
  };
}
