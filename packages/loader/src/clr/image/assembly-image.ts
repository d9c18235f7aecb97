import { BadImageError } from '@ijw/binary';
import type { Metadata } from '@ijw/metadata';
import { formatAssemblyIdentity, publicKeyToken } from '@ijw/metadata/resolution';
import { type CliHeader, CorFlags, type PEImage } from '@ijw/pe';
import { type CheckedView, isMixed } from './image-view.ts';

/** The runtime's facts about a bound image. */
export interface AssemblyImage {
  readonly image: PEImage;
  readonly cli: CliHeader;
  readonly metadata: Metadata;
  /** Display name: `Name, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null`. */
  readonly displayName: string;
  readonly mixed: boolean;
  /** Absent for images from bytes. */
  readonly file: string | undefined;
}

/** The assembly's display name, or `undefined` where the image has no assembly manifest. */
export function assemblyDisplayName(metadata: Metadata): string | undefined {
  const { Assembly } = metadata.tables;
  if (Assembly.rowCount === 0) return undefined;
  const row = Assembly.row(1);
  return displayName(metadata, metadata.strings.get(row.Culture), publicKeyToken(metadata.blobs.get(row.PublicKey)));
}

/** The name in messages of an assembly whose Assembly row is partly unreadable: its name and version if key and name are readable. */
export function knownDisplayName(metadata: Metadata): string {
  try {
    metadata.blobs.get(metadata.tables.Assembly.get(1, 'PublicKey'));
    return displayName(metadata, '', publicKeyToken(new Uint8Array()));
  } catch (error) {
    if (error instanceof BadImageError) return '<Unknown>';
    throw error;
  }
}

function displayName(metadata: Metadata, culture: string, token: string | undefined): string {
  const { Name, Major, Minor, Build, Revision } = metadata.tables.Assembly.row(1);
  const version = { major: Major, minor: Minor, build: Build, revision: Revision };
  return formatAssemblyIdentity({ name: metadata.strings.get(Name), version, culture, publicKeyToken: token });
}

export const assemblyImage = (
  { image, cli }: CheckedView,
  identity: Pick<AssemblyImage, 'file' | 'metadata' | 'displayName'>,
): AssemblyImage => ({ ...identity, image, cli, mixed: isMixed(cli) });

/** The RVA of the native entry point that the CLI header names, or `undefined`. */
export const nativeEntryPoint = (cli: CliHeader): number | undefined =>
  cli.flags & CorFlags.NATIVE_ENTRYPOINT && cli.entryPointTokenOrRva !== 0 ? cli.entryPointTokenOrRva : undefined;

/** The token of the managed entry point that the CLI header names, or `undefined`. */
export const managedEntryPoint = (cli: CliHeader): number | undefined =>
  !(cli.flags & CorFlags.NATIVE_ENTRYPOINT) && (cli.entryPointTokenOrRva & 0xffffff) !== 0 ? cli.entryPointTokenOrRva : undefined;
