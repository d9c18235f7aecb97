export { type AttributeLinesOptions, attributeArgumentsText, attributeLines, attributeText } from './attribute-lines.ts';
export { type CellText, cellText } from './cell-text.ts';
export { escapeName } from './escape.ts';
export { headerLines } from './header-lines.ts';
export { SignatureText } from './signature-text.ts';
export {
  type ChunkSink,
  rawTableLines,
  resolvedTableLines,
  type TableLinesOptions,
  writeRawTables,
  writeResolvedTables,
} from './table-lines.ts';
export { presentTables, type TableDocument, type TablesDocument, tableDocument, tablesDocument } from './tables-document.ts';
export { TokenText } from './token-text.ts';
