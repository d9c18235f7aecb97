export { BlobHeapBuilder } from './blob-heap-builder.ts';
export { GuidHeapBuilder } from './guid-heap-builder.ts';
export { type BuildOptions, type CellInput, MetadataBuilder, type NamedStream, type RowInput } from './metadata-builder.ts';
export { StringHeapBuilder } from './string-heap-builder.ts';
export type { TablesHeaderOverrides } from './tables-writer.ts';
export { encodeUserString, UserStringHeapBuilder } from './user-string-heap-builder.ts';
