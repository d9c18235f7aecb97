export {
  type BoundForwarder,
  type BoundImportDirectory,
  type BoundImportedModule,
  readBoundImportDirectory,
  writeBoundImports,
} from './bound-import-directory.ts';
export { type DelayImportDirectory, type DelayImportedModule, readDelayImportDirectory } from './delay-import-directory.ts';
export { buildDelayImports, type DelayImportTables } from './delay-import-directory-builder.ts';
export { type ImportDirectory, type ImportedModule, readImportDirectory } from './import-directory.ts';
export { buildImports, type ImportInput, type ImportTables } from './import-directory-builder.ts';
export { importHash } from './import-hash.ts';
export type { SymbolInput } from './import-tables.ts';
export { isSystemDll } from './system-dlls.ts';
export type { ImportedSymbol } from './thunk-table.ts';
