import { BadImageError, ifReadable } from '@ijw/binary';
import { AssemblyFlags, Metadata, makeToken, TableId } from '@ijw/metadata';
import { findCustomAttribute } from '@ijw/metadata/attributes';
import { clrRefusal, clrRefusals } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import { assemblyDisplayName, knownDisplayName } from '../image/assembly-image.ts';
import { type CheckedView, hasCliHeader, type ImageView } from '../image/image-view.ts';
import { identityProblem } from '../rules/assembly-identity-rules.ts';
import { metadataProblem } from '../rules/cli-header-rules.ts';

/** The facts that the binder reads from an image. */
export interface Manifest {
  readonly metadata: Metadata;
  readonly displayName: string;
}

/** @throws LoadRefusal for an image without an assembly manifest */
export function readManifest(view: CheckedView, file: string | undefined): Manifest {
  const metadata = readMetadata(view);
  const displayName = metadata && readDisplayName(metadata);
  if (metadata && displayName !== undefined) checkIdentity(metadata, file);
  if (metadata && displayName !== undefined) return { metadata, displayName };
  throw clrRefusal({ rule: 'noManifest', reason: 'The image has no assembly manifest', exception: clrRefusals.manifestExpected(file) });
}

/** ECMA-335 II.24.2.6, and the versions before it: 1.0, 1.1 and 2.0. */
const TABLES_VERSIONS: readonly string[] = ['1.0', '1.1', '2.0'];
/** Offset in the header and end of the bits for tables from 0x28 on. Versions before 2.0 end at table 0x29, before those of generics. */
const GENERICS_BYTE = 13;
const GENERICS_BITS = 0xfc;
const VALID_END = 16;

/** The metadata as the runtime opens it. @throws LoadRefusal */
function readMetadata(view: CheckedView): Metadata | undefined {
  try {
    checkRootVersion(view);
    const metadata = Metadata.of(view.image);
    const header = metadata?.stream('#~');
    if (header && !TABLES_VERSIONS.includes(`${header[4]}.${header[5]}`)) {
      const reason = `The tables stream has version ${header[4]}.${header[5]}`;
      throw clrRefusal({ rule: 'tablesVersion', reason, exception: clrRefusals.oldMetadata(), place: { structure: 'tables header' } });
    }
    if (
      header &&
      header[4] === 1 &&
      header.subarray(GENERICS_BYTE, VALID_END).some((bits, index) => bits & (index === 0 ? GENERICS_BITS : 0xff))
    ) {
      const reason = 'The tables stream has tables that its version does not know';
      throw clrRefusal({ rule: 'tablesVersion', reason, exception: clrRefusals.corruptMetadata(), place: { structure: 'tables header' } });
    }
    // The tables are laid out when they are first asked for.
    return metadata?.tables && metadata;
  } catch (error) {
    throw manifestRefusal(error, clrRefusals.corruptMetadata());
  }
}

/** `MDFormat::VerifySignature` (md/runtime/mdinternaldisp.cpp): version 1.1 of the metadata root and no other. */
function checkRootVersion({ image, cli }: CheckedView): void {
  const root = image.readerAt(cli.metaData.rva + ROOT_VERSION, 4, 'the metadata root');
  const [major, minor] = [root.u16(), root.u16()];
  if (major === 1 && minor === 1) return;
  const reason = `The metadata root has version ${major}.${minor}`;
  throw clrRefusal({ rule: 'metadataVersion', reason, exception: clrRefusals.oldMetadata(), place: { structure: 'metadata root' } });
}

const ROOT_VERSION = 4;

/** `AssemblyName::Init` (binder/assemblyname.cpp): the name, the flags and the public key must make an identity. */
function checkIdentity(metadata: Metadata, file: string | undefined): void {
  const problem = identityProblem(metadata);
  if (!problem) return;
  const exception = problem.rule === 'publicKey' ? clrRefusals.invalidPublicKey() : clrRefusals.invalidName(file);
  throw clrRefusal({ ...problem, exception, place: { structure: 'Assembly' } });
}

function readDisplayName(metadata: Metadata): string | undefined {
  try {
    return assemblyDisplayName(metadata);
  } catch (error) {
    throw manifestRefusal(error, clrRefusals.manifestIndexNotFound(knownDisplayName(metadata)));
  }
}

function manifestRefusal(error: unknown, exception: ClrException): unknown {
  if (!(error instanceof BadImageError)) return error;
  return clrRefusal({ rule: error.code, reason: error.message, exception, place: { structure: error.reading } });
}

/**
 * Of a module that native code has loaded the metadata is opened before anything else is looked at (`PEAssembly::Open` of an HMODULE).
 * @throws LoadRefusal
 */
export function checkMetadata(view: ImageView): void {
  if (!hasCliHeader(view)) return;
  const problem = metadataProblem(view, view.cli);
  if (problem?.kind !== 'corrupt') {
    readMetadata(view);
    return;
  }
  const exception = clrRefusals.corruptMetadata();
  throw clrRefusal({ rule: 'metadataRoot', reason: `The image ${problem.text}`, exception, place: { structure: 'metadata root' } });
}

const REFERENCE_ASSEMBLY = 'System.Runtime.CompilerServices.ReferenceAssemblyAttribute';

/** afPA_NoPlatform of corhdr.h. */
const NO_PLATFORM = 0x70;

/** `PEAssembly::ValidateForExecution` (vm/peassembly.cpp): code of a reference assembly, or of one for no platform, does not run. @throws LoadRefusal */
export function checkExecution({ metadata, displayName }: Manifest): void {
  const place = { structure: 'Assembly' };
  if (ifReadable(() => findCustomAttribute(metadata, makeToken(TableId.Assembly, 1), REFERENCE_ASSEMBLY)) !== undefined) {
    const reason = 'A reference assembly has no code: it is for compilers';
    throw clrRefusal({ rule: 'referenceAssembly', reason, exception: clrRefusals.referenceAssembly(displayName), place });
  }
  if ((metadata.tables.Assembly.get(1, 'Flags') & AssemblyFlags.ProcessorArchitectureMask) !== NO_PLATFORM) return;
  const exception = clrRefusals.invalidToken(`${displayName}, processorArchitecture=MSIL`);
  throw clrRefusal({ rule: 'noPlatform', reason: 'The assembly is for no platform', exception, place: { ...place, field: 'Flags' } });
}
