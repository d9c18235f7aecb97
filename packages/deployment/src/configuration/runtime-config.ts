import { isRuntimeId, type RuntimeId } from '@ijw/assembly/runtime-profiles';
import { objectOf, parseJsonObject, textOf } from './json-object.ts';

export interface FrameworkReference {
  readonly name: string;
  readonly version: string;
}

/** `NAME.runtimeconfig.json` (.NET documentation, "runtimeconfig.json"). */
export interface RuntimeConfig {
  /** Frameworks that the machine must have. */
  readonly frameworks: readonly FrameworkReference[];
  /** Frameworks that lie beside the program: it is self-contained. */
  readonly includedFrameworks: readonly FrameworkReference[];
  readonly tfm: string | undefined;
}

const frameworkOf = (value: unknown): FrameworkReference[] => {
  const { name, version } = objectOf(value);
  return typeof name === 'string' ? [{ name, version: textOf(version) ?? '' }] : [];
};

const listOf = (value: unknown): FrameworkReference[] => (Array.isArray(value) ? value.flatMap(frameworkOf) : []);

/** Reads the file; what is wrong with it, as a sentence, where it cannot be read. */
export function parseRuntimeConfig(bytes: Uint8Array): RuntimeConfig | string {
  const document = parseJsonObject(bytes);
  if (typeof document === 'string') return document;
  const options = objectOf(document.runtimeOptions);
  return {
    frameworks: [...frameworkOf(options.framework), ...listOf(options.frameworks)],
    includedFrameworks: listOf(options.includedFrameworks),
    tfm: textOf(options.tfm),
  };
}

/** `net8.0` of `8.0.11`; of versions that are not told apart the nearest. `undefined` for what is not a version. */
export function runtimeOfVersion(version: string): RuntimeId | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return undefined;
  const id = `net${major}.${minor}`;
  if (isRuntimeId(id)) return id;
  return Number(major) < 5 ? 'netcoreapp3.1' : Number(major) > 11 ? 'net11.0' : undefined;
}

/** The runtime that a config asks for, or brings. */
export function configuredRuntime({ frameworks, includedFrameworks }: RuntimeConfig): RuntimeId | undefined {
  const named = [...includedFrameworks, ...frameworks];
  const core = named.find(({ name }) => name === 'Microsoft.NETCore.App') ?? named[0];
  return core && runtimeOfVersion(core.version);
}
