// Images of our own builders with the files beside them, and what CoreCLR 10.0.12 under Wine did with them.
import {
  buildMixedImage,
  buildReferencedAssembly,
  type LibraryImageOptions,
  libraryImage,
  type MixedImageOptions,
  type ReferencedAssemblyOptions,
} from '@ijw/fixtures';

/** A file in the folder of the image. `ijwhost`: the one of the runtime. */
export type BesideInput =
  | 'ijwhost'
  | { readonly mixed: Omit<MixedImageOptions, 'architecture'> }
  | { readonly assembly: ReferencedAssemblyOptions }
  | { readonly library: LibraryImageOptions }
  | { readonly text: string };

export interface ObservedLoad {
  readonly name: string;
  /** The image: its name is `name`, its extension that of its kind. */
  readonly image: Exclude<BesideInput, 'ijwhost'>;
  readonly exe?: true;
  readonly beside: Readonly<Record<string, BesideInput>>;
  /** `file`: Assembly.LoadFrom. Default `file`. */
  readonly how?: 'file' | 'bytes' | 'stream' | 'collectibleStream' | 'collectible' | 'native';
  /** Native first: hostfxr finds no configuration. */
  readonly runtimeConfig?: 'missing';
  /** `ok`, `fatal` or the exception. Native first: what LoadLibrary gave. */
  readonly load: string;
  /** Whether the module is in the process afterwards. */
  readonly mapped?: boolean;
  /** `-` left alone, `b` bootstrap thunk, `r` reverse thunk, `m` the method's own entry. */
  readonly slots?: string;
  /** Native first: what the call of the first slot through its export gave: a number, `accessViolation`, or `died` with the code or the exception. */
  readonly call?: string;
}

export const fileNameOf = ({ name, exe }: Pick<ObservedLoad, 'name' | 'exe'>): string => `${name}.${exe ? 'exe' : 'dll'}`;

export function buildBeside(input: Exclude<BesideInput, 'ijwhost'>): Uint8Array {
  if ('mixed' in input) return buildMixedImage({ architecture: 'x64', ...input.mixed }).bytes;
  if ('assembly' in input) return buildReferencedAssembly(input.assembly);
  if ('library' in input) return libraryImage(input.library).bytes;
  return new TextEncoder().encode(input.text);
}
