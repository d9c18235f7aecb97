import { ByteReader, type ByteReaderOptions, ByteWriter } from '@ijw/binary';
import { formatGuid, parseGuid } from '../heaps/guid-heap.ts';
import { type CustomDebugInformationKindName, customDebugInformationKindName } from './custom-debug-information-kind.ts';

export interface MetadataReference {
  readonly name: string;
  /** Comma-separated. */
  readonly externAliases: string;
  readonly isAssembly: boolean;
  readonly embedInteropTypes: boolean;
  readonly timeDateStamp: number;
  readonly sizeOfImage: number;
  readonly mvid: string;
}

export interface AwaitPoint {
  readonly yieldOffset: number;
  readonly resumeOffset: number;
  /** Rid of the MethodDef that goes on. */
  readonly resumeMethod: number;
}

/** The value of a CustomDebugInformation row. The kinds without a reader of their own (edit-and-continue maps) keep their bytes. */
export type CustomDebugInformation =
  | { readonly kind: 'stateMachineHoistedLocalScopes'; readonly scopes: readonly { readonly offset: number; readonly length: number }[] }
  | { readonly kind: 'dynamicLocalVariables'; readonly flags: readonly boolean[] }
  | { readonly kind: 'defaultNamespace'; readonly text: string }
  /** JSON. */
  | { readonly kind: 'sourceLink'; readonly text: string }
  /** `deflated`: the content is a raw deflate stream of this many bytes of text; `undefined` where it is the text itself. */
  | { readonly kind: 'embeddedSource'; readonly deflated: number | undefined; readonly content: Uint8Array }
  | { readonly kind: 'compilationMetadataReferences'; readonly references: readonly MetadataReference[] }
  | { readonly kind: 'compilationOptions'; readonly options: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'tupleElementNames'; readonly names: readonly string[] }
  | { readonly kind: 'typeDefinitionDocuments'; readonly documents: readonly number[] }
  /** `catchHandlerOffset` is `undefined` where the method has no catch-all handler. */
  | { readonly kind: 'asyncMethodStepping'; readonly catchHandlerOffset: number | undefined; readonly awaits: readonly AwaitPoint[] }
  | { readonly kind: 'encLocalSlotMap'; readonly data: Uint8Array }
  | { readonly kind: 'encLambdaAndClosureMap'; readonly data: Uint8Array }
  | { readonly kind: 'encStateMachineStateMap'; readonly data: Uint8Array }
  | { readonly kind: 'primaryConstructor'; readonly data: Uint8Array }
  | { readonly kind: 'unknown'; readonly guid: string; readonly data: Uint8Array };

type Of<K extends CustomDebugInformation['kind']> = Extract<CustomDebugInformation, { kind: K }>;

/** The reader and the writer of one kind, side by side. */
interface Codec<K extends CustomDebugInformationKindName> {
  read(reader: ByteReader): Of<K>;
  write(writer: ByteWriter, value: Of<K>): void;
}

function untilEnd<T>(reader: ByteReader, read: (reader: ByteReader) => T): T[] {
  const items: T[] = [];
  while (!reader.atEnd) items.push(read(reader));
  return items;
}

const restOf = (reader: ByteReader): Uint8Array => reader.view(reader.remaining);

const textOf = (reader: ByteReader): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(restOf(reader));
const writeText = (writer: ByteWriter, { text }: { readonly text: string }): void => void writer.utf8(text);
const writeData = (writer: ByteWriter, { data }: { readonly data: Uint8Array }): void => void writer.bytes(data);

/** Far more flags than the types of a method's locals have parts. */
const MAXIMUM_FLAG_BYTES = 0x2000;

/** Bits, the lowest of a byte first. */
function readBits(reader: ByteReader): boolean[] {
  if (reader.remaining > MAXIMUM_FLAG_BYTES) throw reader.error('COUNT_TOO_LARGE', `${reader.remaining} bytes of flags are too many`);
  return Array.from(restOf(reader)).flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte & (1 << bit)) !== 0));
}

function writeBits(writer: ByteWriter, flags: readonly boolean[]): void {
  for (let start = 0; start < flags.length; start += 8) {
    writer.u8(flags.slice(start, start + 8).reduce((byte, flag, bit) => byte | (Number(flag) << bit), 0));
  }
}

const REFERENCE_IS_ASSEMBLY = 1;
const REFERENCE_EMBED_INTEROP_TYPES = 2;

function readReference(reader: ByteReader): MetadataReference {
  const name = reader.cstring();
  const externAliases = reader.cstring();
  const flags = reader.u8();
  return {
    name,
    externAliases,
    isAssembly: (flags & REFERENCE_IS_ASSEMBLY) !== 0,
    embedInteropTypes: (flags & REFERENCE_EMBED_INTEROP_TYPES) !== 0,
    timeDateStamp: reader.u32(),
    sizeOfImage: reader.u32(),
    mvid: formatGuid(reader.view(16)),
  };
}

function writeReference(writer: ByteWriter, reference: MetadataReference): void {
  const flags = (reference.isAssembly ? REFERENCE_IS_ASSEMBLY : 0) | (reference.embedInteropTypes ? REFERENCE_EMBED_INTEROP_TYPES : 0);
  writer.cstring(reference.name).cstring(reference.externAliases).u8(flags);
  writer.u32(reference.timeDateStamp).u32(reference.sizeOfImage).bytes(parseGuid(reference.mvid));
}

/** An offset of n is written as n + 1, so that 0 can say "none". */
function readStepping(reader: ByteReader): Of<'asyncMethodStepping'> {
  const handler = reader.u32();
  const awaits = untilEnd(reader, () => ({
    yieldOffset: reader.u32(),
    resumeOffset: reader.u32(),
    resumeMethod: reader.compressedUnsigned(),
  }));
  return { kind: 'asyncMethodStepping', catchHandlerOffset: handler === 0 ? undefined : handler - 1, awaits };
}

function writeStepping(writer: ByteWriter, { catchHandlerOffset, awaits }: Of<'asyncMethodStepping'>): void {
  writer.u32(catchHandlerOffset === undefined ? 0 : catchHandlerOffset + 1);
  for (const { yieldOffset, resumeOffset, resumeMethod } of awaits)
    writer.u32(yieldOffset).u32(resumeOffset).compressedUnsigned(resumeMethod);
}

function readEmbeddedSource(reader: ByteReader): Of<'embeddedSource'> {
  const format = reader.i32();
  if (format < 0) throw reader.error('BAD_EMBEDDED_SOURCE', `${format} is not a format of an embedded source`, 0);
  return { kind: 'embeddedSource', deflated: format === 0 ? undefined : format, content: restOf(reader) };
}

const codecs: { readonly [K in CustomDebugInformationKindName]: Codec<K> } = {
  stateMachineHoistedLocalScopes: {
    read: (reader) => ({
      kind: 'stateMachineHoistedLocalScopes',
      scopes: untilEnd(reader, () => ({ offset: reader.u32(), length: reader.u32() })),
    }),
    write: (writer, { scopes }) => {
      for (const { offset, length } of scopes) writer.u32(offset).u32(length);
    },
  },
  dynamicLocalVariables: {
    read: (reader) => ({ kind: 'dynamicLocalVariables', flags: readBits(reader) }),
    write: (writer, { flags }) => writeBits(writer, flags),
  },
  defaultNamespace: { read: (reader) => ({ kind: 'defaultNamespace', text: textOf(reader) }), write: writeText },
  sourceLink: { read: (reader) => ({ kind: 'sourceLink', text: textOf(reader) }), write: writeText },
  embeddedSource: {
    read: readEmbeddedSource,
    write: (writer, { deflated, content }) => void writer.u32(deflated ?? 0).bytes(content),
  },
  compilationMetadataReferences: {
    read: (reader) => ({ kind: 'compilationMetadataReferences', references: untilEnd(reader, readReference) }),
    write: (writer, { references }) => {
      for (const reference of references) writeReference(writer, reference);
    },
  },
  compilationOptions: {
    read: (reader) => ({ kind: 'compilationOptions', options: untilEnd(reader, () => [reader.cstring(), reader.cstring()] as const) }),
    write: (writer, { options }) => {
      for (const [name, value] of options) writer.cstring(name).cstring(value);
    },
  },
  tupleElementNames: {
    read: (reader) => ({ kind: 'tupleElementNames', names: untilEnd(reader, () => reader.cstring()) }),
    write: (writer, { names }) => {
      for (const name of names) writer.cstring(name);
    },
  },
  typeDefinitionDocuments: {
    read: (reader) => ({ kind: 'typeDefinitionDocuments', documents: untilEnd(reader, () => reader.compressedUnsigned()) }),
    write: (writer, { documents }) => {
      for (const document of documents) writer.compressedUnsigned(document);
    },
  },
  asyncMethodStepping: { read: readStepping, write: writeStepping },
  encLocalSlotMap: { read: (reader) => ({ kind: 'encLocalSlotMap', data: restOf(reader) }), write: writeData },
  encLambdaAndClosureMap: { read: (reader) => ({ kind: 'encLambdaAndClosureMap', data: restOf(reader) }), write: writeData },
  encStateMachineStateMap: { read: (reader) => ({ kind: 'encStateMachineStateMap', data: restOf(reader) }), write: writeData },
  primaryConstructor: { read: (reader) => ({ kind: 'primaryConstructor', data: restOf(reader) }), write: writeData },
};

/**
 * Decodes the blob of a CustomDebugInformation row by the GUID of its kind (lower case). A kind that is not known keeps its bytes. Throws `BadImageError`.
 */
export function readCustomDebugInformation(guid: string, data: Uint8Array, options: ByteReaderOptions = {}): CustomDebugInformation {
  const kind = customDebugInformationKindName(guid);
  if (!kind) return { kind: 'unknown', guid, data };
  return codecs[kind].read(new ByteReader(data, { reading: 'custom debug information', ...options }));
}

/** The twin of `readCustomDebugInformation`: the blob. The GUID is `CustomDebugInformationKind[value.kind]`. */
export function writeCustomDebugInformation(value: CustomDebugInformation): Uint8Array {
  if (value.kind === 'unknown') return value.data;
  const writer = new ByteWriter();
  (codecs[value.kind] as Codec<CustomDebugInformationKindName>).write(writer, value);
  return writer.toBytes();
}
