import { ByteWriter, UsageError } from '@ijw/binary';
import { type ResourceValue, resourceTypeCode, write7BitEncodedInt, writeResourceValue } from './resource-value.ts';
import { RESOURCES_MAGIC, type ResourcesFile } from './resources-file.ts';

export interface ResourcesFileContent extends Partial<Pick<ResourcesFile, 'readerType' | 'resourceSetType' | 'typeNames'>> {
  readonly values: ReadonlyMap<string, ResourceValue>;
}

const READER_TYPE = 'System.Resources.ResourceReader, mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089';
const SET_TYPE = 'System.Resources.RuntimeResourceSet';

/** `FastResourceComparer.HashFunction`: the reader looks entries up by it, so it is part of the format. Signed, 32 bits. */
export function resourceNameHash(name: string): number {
  let hash = 5381;
  for (let index = 0; index < name.length; index++) hash = (((hash << 5) + hash) ^ name.charCodeAt(index)) | 0;
  return hash;
}

function writePrefixed(writer: ByteWriter, text: string): void {
  const bytes = new TextEncoder().encode(text);
  write7BitEncodedInt(writer, bytes.length);
  writer.bytes(bytes);
}

function writeHeader(writer: ByteWriter, content: ResourcesFileContent): void {
  const types = new ByteWriter();
  writePrefixed(types, content.readerType ?? READER_TYPE);
  writePrefixed(types, content.resourceSetType ?? SET_TYPE);
  writer.u32(RESOURCES_MAGIC).u32(1).u32(types.length).bytes(types.toBytes());
  const typeNames = content.typeNames ?? [];
  writer.u32(2).u32(content.values.size).u32(typeNames.length);
  for (const name of typeNames) writePrefixed(writer, name);
  for (let index = 0; writer.length % 8 !== 0; index++) writer.u8('PAD'.charCodeAt(index % 3));
}

/** Writes a `.resources` file of version 2: the twin of `readResourcesFile`. */
export function writeResourcesFile(content: ResourcesFileContent): Uint8Array {
  const writer = new ByteWriter();
  const names = new ByteWriter();
  const data = new ByteWriter();
  writeHeader(writer, content);
  const entries = [...content.values].map(([name, value]) => ({ name, value, hash: resourceNameHash(name), position: 0 }));
  entries.sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const { name, value } = entry;
    if (value.type === 'user' && value.typeIndex >= (content.typeNames?.length ?? 0))
      throw new UsageError(`Type ${value.typeIndex} is not in the list of types`);
    entry.position = names.length;
    write7BitEncodedInt(names, name.length * 2);
    names.utf16(name).u32(data.length);
    write7BitEncodedInt(data, resourceTypeCode(value));
    writeResourceValue(data, value);
  }
  for (const { hash } of entries) writer.u32(hash);
  for (const { position } of entries) writer.u32(position);
  writer.u32(writer.length + 4 + names.length);
  return writer.bytes(names.toBytes()).bytes(data.toBytes()).toBytes();
}
