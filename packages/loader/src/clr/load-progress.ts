import type { PEImage } from '@ijw/pe';
import type { LoadRefusal, MappedModule } from '@ijw/windows';
import type { LoadContext, LoadedAssembly } from './bind/load-context.ts';
import type { AssemblyImage } from './image/assembly-image.ts';
import type { CheckedView } from './image/image-view.ts';

/** The image that a load makes an assembly of. */
export interface AssemblyRequest {
  readonly image: PEImage;
  /** Absent for images from bytes. */
  readonly file: string | undefined;
  readonly context: LoadContext;
  /** The base to use instead of the preferred base. */
  readonly base?: number;
  /** A module that native code has loaded becomes an assembly: the first call through a bootstrap thunk, or `_CorDllMain` of .NET Framework. */
  readonly inMemory?: true;
  /** The program of the process. */
  readonly isProgram?: true;
  /** Inside a .NET single-file bundle, where Windows does not find it. */
  readonly inBundle?: true;
  /** Reflection only: never run. */
  readonly reflectionOnly?: true;
}

/** The result of the Windows loader. Its refusal matters only when the module is needed. */
export type ModuleMapping =
  | { readonly kind: 'none' }
  | { readonly kind: 'mapped'; readonly module: MappedModule }
  | { readonly kind: 'refused'; readonly refusal: LoadRefusal };

/** The image is requested. */
export interface Opened {
  readonly stage: 'opened';
  readonly request: AssemblyRequest;
  readonly mapping: ModuleMapping;
}

/** Its format is in order. */
export interface Viewed extends Omit<Opened, 'stage'> {
  readonly stage: 'viewed';
  readonly view: CheckedView;
}

/** Its assembly has an identity. */
export interface Bound extends Omit<Viewed, 'stage'> {
  readonly stage: 'bound';
  readonly bound: AssemblyImage;
}

/** Its slots lead to thunks. */
export interface Fixed extends Omit<Bound, 'stage'> {
  readonly stage: 'fixed';
  readonly assembly: LoadedAssembly;
}

/** It is an assembly of its context: a new one, or the one that the context had already. */
export interface Loaded extends Omit<Fixed, 'stage'> {
  readonly stage: 'loaded';
  readonly again: boolean;
}

/** The progress of a load, with the result of each stage. */
export type LoadProgress = Opened | Viewed | Bound | Fixed | Loaded;

export const opened = (request: AssemblyRequest, module?: MappedModule): Opened => ({
  stage: 'opened',
  request,
  mapping: module ? { kind: 'mapped', module } : { kind: 'none' },
});

export const moduleOf = ({ mapping }: LoadProgress): MappedModule | undefined => (mapping.kind === 'mapped' ? mapping.module : undefined);
