import { type Metadata, makeToken, TableId } from '@ijw/metadata';
import { targetFramework } from '@ijw/metadata/attributes';
import { referencedAssembly } from '@ijw/metadata/resolution';
import { imageKind, type PEImage } from '@ijw/pe';
import { hostImportOf, type RuntimeHost } from '../target-host.ts';
import { isRuntimeId, OBSERVED_RUNTIME, type RuntimeId } from './runtime-profile.ts';

/** The runtimes that an assembly was built for. `either`: .NET Standard, or nothing says which. */
export type TargetHost = RuntimeHost | 'either';

/** The target of an image, and the runtime to use if the user names none. */
export interface TargetRuntime {
  readonly host: TargetHost;
  readonly runtime: RuntimeId;
  /** The evidence. */
  readonly because: 'targetFramework' | 'hostImport' | 'references' | 'metadataVersion' | 'nothing';
}

const DEFAULTS: Readonly<Record<TargetHost, RuntimeId>> = { framework: 'net40', core: OBSERVED_RUNTIME, either: OBSERVED_RUNTIME };

const target = (host: TargetHost, because: TargetRuntime['because'], runtime: RuntimeId = DEFAULTS[host]): TargetRuntime => ({
  host,
  runtime,
  because,
});

/** The parts of metadata that identify the target runtime. */
export interface TargetFacts {
  /** Of the TargetFrameworkAttribute: `.NETCoreApp,Version=v8.0`. */
  readonly framework: string | undefined;
  /** Of the metadata root: `v4.0.30319`. */
  readonly version: string;
  /** Names of the assemblies that it refers to. */
  readonly references: readonly string[];
}

/** As `targetRuntimeOf`, of the metadata itself. @throws BadImageError */
export const targetRuntime = (image: PEImage, metadata: Metadata | undefined): TargetRuntime =>
  targetRuntimeOf(image, metadata && targetFacts(metadata));

function targetFacts(metadata: Metadata): TargetFacts {
  const { AssemblyRef } = metadata.tables;
  const references = Array.from(
    { length: AssemblyRef.rowCount },
    (_, index) => referencedAssembly(metadata, makeToken(TableId.AssemblyRef, index + 1)).name,
  );
  return { framework: targetFramework(metadata), version: metadata.root.version, references };
}

/**
 * By the TargetFrameworkAttribute, else by the host that a mixed image imports, else by the libraries that it refers to and the version of its metadata.
 * @throws BadImageError
 */
export function targetRuntimeOf(image: PEImage, facts: TargetFacts | undefined): TargetRuntime {
  const named = facts?.framework === undefined ? undefined : frameworkRuntime(facts.framework);
  if (named !== undefined) return named;
  const kind = imageKind(image);
  const host = kind === 'managed' ? undefined : hostImportOf(image);
  if (host !== undefined) return target(host, 'hostImport');
  if (facts === undefined || kind !== 'managed') return target('either', 'nothing');
  return referencedRuntime(facts) ?? versionRuntime(facts.version);
}

/** The `Version` of a FrameworkName, among its parts in any order. The `v` is optional; C++ compilers leave it out. */
const FRAMEWORK_VERSION = /,\s*Version\s*=\s*v?(\d+)(?:\.(\d+))?/i;

/** FrameworkName (System.Runtime.Versioning): `.NETCoreApp,Version=v8.0`. `undefined` for profiles of phones, stores and portable libraries. */
function frameworkRuntime(name: string): TargetRuntime | undefined {
  const [, major, minor = '0'] = FRAMEWORK_VERSION.exec(name) ?? [];
  if (major === undefined) return undefined;
  const [identifier = ''] = name.split(',', 1);
  switch (identifier.trim().toLowerCase()) {
    case '.netframework':
      return target('framework', 'targetFramework', Number(major) < 4 ? 'net20' : 'net40');
    case '.netcoreapp':
      return target('core', 'targetFramework', coreRuntime(Number(major), Number(minor)));
    case '.netstandard':
      return target('either', 'targetFramework');
    default:
      return undefined;
  }
}

/** The runtime of that version; of those that are not told apart the nearest. Versions before .NET Core 3.1 load no mixed image. */
function coreRuntime(major: number, minor: number): RuntimeId {
  const id = `net${major}.${minor}`;
  if (isRuntimeId(id)) return id;
  return major < 5 ? 'netcoreapp3.1' : 'net11.0';
}

const CORE_LIBRARIES: ReadonlySet<string> = new Set(['system.runtime', 'system.private.corelib']);

/** IL-only images: the library that has `System.Object`. */
function referencedRuntime({ references }: TargetFacts): TargetRuntime | undefined {
  const names = references.map((name) => name.toLowerCase());
  if (names.includes('mscorlib')) return undefined;
  if (names.some((name) => CORE_LIBRARIES.has(name))) return target('core', 'references');
  return names.includes('netstandard') ? target('either', 'references') : undefined;
}

/** `v2.0.50727` and before: CLR 2. `v4.0.30319` is what every compiler since writes. */
const versionRuntime = (version: string): TargetRuntime =>
  target('framework', 'metadataVersion', /^v[12]\./i.test(version) ? 'net20' : 'net40');
