import { ByteWriter } from '@ijw/binary';

/** PE/COFF "Import Directory Table": so many descriptors of one module's name and thunks, and the empty one. */
export function importDescriptors(count: number, thunks: number, name: number): Uint8Array {
  const writer = new ByteWriter();
  for (let left = count; left > 0; left--) writer.u32(thunks).fill(8).u32(name).u32(thunks);
  return writer.fill(20).toBytes();
}
