/** PE/COFF "Optional Header Data Directories": where one of the tables of an image is. */
export interface DataDirectory {
  /** For `security` a file offset, for all others an RVA. */
  readonly rva: number;
  /** In bytes. */
  readonly size: number;
}

/** IMAGE_DIRECTORY_ENTRY_*, in the order of the table. The sixteenth is reserved. */
export const directoryNames = [
  'export',
  'import',
  'resource',
  'exception',
  'security',
  'baseRelocation',
  'debug',
  'architecture',
  'globalPointer',
  'tls',
  'loadConfig',
  'boundImport',
  'importAddressTable',
  'delayImport',
  'cliHeader',
  'reserved',
] as const;

export type DirectoryName = (typeof directoryNames)[number];
