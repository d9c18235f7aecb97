/** A shared library or program of another format than PE. */
export interface NativeLibrary {
  readonly format: 'elf' | 'machO';
  /** `x64`, `arm64`; several in a universal file. */
  readonly machines: readonly string[];
  /** The libraries that it needs, as it names them. */
  readonly needed: readonly string[];
  /** It is started, not loaded. */
  readonly program: boolean;
  /** The symbols that others find in it. Read when it is called. @throws BadImageError */
  readonly exports: () => ReadonlySet<string>;
}
