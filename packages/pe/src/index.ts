export type { FileOffset, Rva } from './address.ts';
export type { ImageSegment } from './address-map.ts';
export {
  CLI_HEADER_SIZE,
  type CliDirectoryName,
  type CliHeader,
  type CliHeaderInput,
  CorFlags,
  cliHeaderPart,
  readCliHeader,
  writeCliHeader,
} from './cli-header/cli-header.ts';
export { type ImageKind, imageKind, imageKindOf } from './cli-header/image-kind.ts';
export { type Container, type ContainerKind, detectContainer } from './container.ts';
export { type HeaderField, type HeaderStructure, headerStructures } from './header-structures.ts';
export { headerWords } from './header-words.ts';
export { computeChecksum, imageChecksum } from './headers/checksum.ts';
export { CoffCharacteristics, type CoffHeader } from './headers/coff-header.ts';
export { type DataDirectory, type DirectoryName, directoryNames } from './headers/data-directory.ts';
export type { DosHeader } from './headers/dos-header.ts';
export { PE_SIGNATURE } from './headers/image-headers.ts';
export { identifyMachine, Machine, type MachineIdentity, type MachineName, type MachineOs, MachineOsMask } from './headers/machine.ts';
export { DllCharacteristics, type OptionalHeader, PE32_MAGIC, PE32_PLUS_MAGIC, Subsystem } from './headers/optional-header.ts';
export { type Overlay, overlayOf } from './headers/overlay.ts';
export { type RichEntry, type RichHeader, readRichHeader, writeRichHeader } from './headers/rich-header.ts';
export { SectionCharacteristics, type SectionHeader } from './headers/section-header.ts';
export { type CertificatesDocument, certificatesDocument, type HeadersOptions, headersDocument } from './headers-document.ts';
export { type ImageLayout, type ParseOptions, PEImage } from './pe-image.ts';
export type { SymbolPlace, SymbolSource } from './symbol-source.ts';
