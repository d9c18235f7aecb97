export { ClosedPipeError, FileAccessError, type Io, type OutputFile, type ReadOptions } from './io.ts';
export { processIo } from './process-io.ts';
export { run } from './run.ts';
