export { alignUp } from './alignment.ts';
export { type BadImageCode, type BadImageDetails, BadImageError, UnsupportedError, UsageError } from './bad-image-error.ts';
export { ByteReader, type ByteReaderOptions } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
export { type Diagnostic, Diagnostics, type Severity } from './diagnostics.ts';
export { hex, hexBytes } from './hexadecimal.ts';
export { ifReadable } from './if-readable.ts';
export { type LazyList, lazyList } from './lazy-list.ts';
export { printable } from './printable.ts';
