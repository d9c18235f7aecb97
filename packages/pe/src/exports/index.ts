export { type ExportDirectory, type ExportedSymbol, readExportDirectory } from './export-directory.ts';
export { type ExportDirectoryInput, type ExportInput, exportDirectoryPart } from './export-directory-builder.ts';
