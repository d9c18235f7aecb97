import type { Assembly } from '@ijw/assembly';
import type { RuntimeId } from '@ijw/assembly/runtime-profiles';
import type { Architecture } from '@ijw/machine';
import type { PEImage } from '@ijw/pe';
import type { ModuleProvider } from '@ijw/windows';
import type { Host } from './host.ts';
import type { ManagedEntry } from './managed-entry.ts';

export interface LoaderOptions {
  /** mscoree of .NET Framework, or ijwhost and CoreCLR. */
  readonly host: Host;
  /** The runtime whose codes and rules apply; it must be one of the host's. Default: `net40` for mscoree, the runtime that was observed for ijwhost. */
  readonly runtime?: RuntimeId;
  /** `useLegacyV2RuntimeActivationPolicy` is set: CLR 4 takes mixed images that were built for CLR 2. */
  readonly legacyV2Policy?: boolean;
  /** The process's architecture. Default: that of the first image that is loaded; x64 for an image that is for all of them. */
  readonly architecture?: Architecture;
  /** Real DLLs and host modules for the images' imports. */
  readonly provider?: ModuleProvider;
  /** False: images are mapped where they are wanted and their relocations are not applied. Default true. */
  readonly relocate?: boolean;
  /** The managed code behind the thunks. Default: calls are recorded. */
  readonly managedEntry?: ManagedEntry;
  /** Default for `LoadRequest.nativeFirst`. */
  readonly nativeFirst?: boolean;
  /** Default for `LoadRequest.base`. */
  readonly base?: number;
  /** Native first on .NET Core: what hostfxr finds when the first thunk is called. Default `present`. */
  readonly runtimeConfig?: 'present' | 'missing' | 'noRuntime';
  /** Bytes that may be committed in the process. */
  readonly commitLimit?: number;
}

/** The AssemblyLoadContext of the assembly. A new name creates a context; the same name is the same context. */
export type ContextRequest = 'default' | { readonly name: string; readonly collectible?: boolean };

export interface LoadRequest {
  /** The image's path, which is its identity for Windows. Default: `name`. */
  readonly path?: string;
  readonly name?: string;
  /**
   * `path`: LoadFrom. `loadFile`: LoadFile, a context of its own. `bytes`: from a byte[] or a stream, without a file. `reflectionOnly`:
   * ReflectionOnlyLoadFrom, which looks at metadata and runs nothing. `program`: the image is the program of the process, which mscoree starts. `bundle`: a file
   * inside a .NET single-file bundle, which is loaded from there. Default `program` for an EXE that mscoree runs in a process without a runtime, else `path`.
   */
  readonly from?: 'path' | 'loadFile' | 'bytes' | 'reflectionOnly' | 'program' | 'bundle';
  readonly context?: ContextRequest;
  /** LoadLibrary before any runtime: the first call of a slot starts it. */
  readonly nativeFirst?: boolean;
  /** The base to use instead of the preferred base. */
  readonly base?: number;
}

/** An assembly is loaded by its image. */
export type ImageInput = PEImage | Assembly | Uint8Array;
