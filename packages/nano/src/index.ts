export { NanoAssembly, type NanoRow, NanoRows } from './nano-assembly.ts';
export { type NanoBody, NanoCode, type NanoExceptionHandler, type NanoInstruction, type NanoOperand } from './nano-code.ts';
export { isNanoAssembly, type NanoHeader, nanoChecksums, readNanoHeader } from './nano-header.ts';
export { NanoNames } from './nano-names.ts';
export { columnSizes, type NanoTableName, nanoLayouts } from './nano-tables.ts';
export { type NanoMethodDocument, nanoCodeDocument, nanoText } from './nano-text.ts';
