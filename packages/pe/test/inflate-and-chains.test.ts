// What compressed data may become, in bytes, and how far unwind entries may lead: each at its limit and one beyond.
import { constants, deflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter } from '@ijw/binary';
import { describe, expect, test } from 'vitest';
import { PEBuilder } from '../src/builder/index.ts';
import { bundleEntryBytes, inflate, readSingleFileBundle, writeSingleFileBundle } from '../src/containers/index.ts';
import { buildDebugDirectory, DebugType, readEmbeddedPortablePdb, writeEmbeddedPortablePdb } from '../src/debug/index.ts';
import { readX64UnwindChain, readX64UnwindInfo, UnwindFlags, writeX64UnwindInfo } from '../src/exceptions/index.ts';
import { PEImage } from '../src/index.ts';

const MIB = 0x100000;
const MOST = 256 * MIB;
/** Four megabytes of zeros that end on a byte, so that they can be repeated (RFC 1951). */
const PIECE = deflateRawSync(new Uint8Array(4 * MIB), { finishFlush: constants.Z_FULL_FLUSH });
const END = deflateRawSync(new Uint8Array(0));
const zeros = (mebibytes: number): Uint8Array => Buffer.concat([...new Array<Uint8Array>(mebibytes / 4).fill(PIECE), END]);
const read = (bytes: Uint8Array, size: number): Promise<Uint8Array> => inflate(new ByteReader(bytes, { reading: 'compressed data' }), size);

describe('compressed data', () => {
  test('becomes as much as it may', { timeout: 60_000 }, async () => {
    expect(await read(zeros(256), MOST)).toHaveLength(MOST);
    await expect(read(zeros(260), MOST + 1)).rejects.toMatchObject({ code: 'TOO_MUCH_DATA' });
  });

  test('becomes no more than was said, and is not read further', async () => {
    expect(await read(zeros(4), 4 * MIB)).toHaveLength(4 * MIB);
    for (const size of [0, 100, 4 * MIB - 1, 4 * MIB + 1])
      await expect(read(zeros(4), size)).rejects.toMatchObject({ code: 'BAD_COMPRESSED_DATA' });
  });

  test('of few bytes cannot become many', async () => {
    await expect(read(END, 1032 * END.length + 65)).rejects.toMatchObject({ message: expect.stringContaining('cannot become') });
  });

  test('of a PDB and of a bundle is bounded alike', async () => {
    const builder = new PEBuilder();
    const debug = buildDebugDirectory([{ type: DebugType.EMBEDDED_PORTABLE_PDB, data: writeEmbeddedPortablePdb(MOST + 4, zeros(260)) }]);
    const section = builder.addSection('.rdata');
    builder.setDirectory('debug', section.add(debug.directory));
    section.add(debug.data);
    await expect(readEmbeddedPortablePdb(PEImage.parse(builder.build()))).rejects.toMatchObject({ code: 'TOO_MUCH_DATA' });

    const entry = { path: 'a.dll', type: 1, bytes: new Uint8Array(0), deflated: zeros(260) };
    const bundle = writeSingleFileBundle(new Uint8Array(64), { majorVersion: 6, bundleId: 'b', entries: [entry] });
    const [found] = readSingleFileBundle(bundle)?.entries ?? [];
    await expect(bundleEntryBytes(bundle, { ...found!, size: MOST + 4 })).rejects.toMatchObject({ code: 'TOO_MUCH_DATA' });
    await expect(bundleEntryBytes(bundle, { ...found!, size: 4 })).rejects.toMatchObject({ code: 'BAD_COMPRESSED_DATA' });
  });
});

describe('unwind entries of x64', () => {
  const START = 0x1000;
  const SIZE = 16;
  const imageOf = (content: Uint8Array): PEImage => {
    const builder = new PEBuilder();
    builder.addSection('.rdata', { rva: START }).add(content, { rva: START });
    return PEImage.parse(builder.build());
  };

  /** Each is chained to the next one. */
  function chained(length: number): PEImage {
    const writer = new ByteWriter();
    const plain = { version: 1, flags: 0, sizeOfPrologue: 0, frameOffset: 0, operations: [] };
    for (let index = 1; index < length; index++)
      writer.bytes(
        writeX64UnwindInfo({ ...plain, flags: UnwindFlags.CHAININFO, chained: { begin: 0, end: 1, unwindData: START + SIZE * index } }),
      );
    return imageOf(writer.bytes(writeX64UnwindInfo(plain)).fill(SIZE).toBytes());
  }

  test('are chained up to 32', () => {
    const entry = { begin: 0, end: 1, unwindData: START };
    expect(readX64UnwindChain(chained(32), entry)).toHaveLength(32);
    expect(() => readX64UnwindChain(chained(33), entry)).toThrow(expect.objectContaining({ code: 'UNWIND_CHAIN_TOO_LONG' }));
  });

  test('lead to others 32 times', () => {
    const indirect = (length: number): PEImage => {
      const writer = new ByteWriter();
      for (let index = 1; index <= length; index++) writer.fill(8).u32(START + 12 * index + (index < length ? 1 : 0));
      return imageOf(writer.u8(1).fill(SIZE).toBytes());
    };
    const entry = { begin: 0, end: 1, unwindData: START + 1 };
    expect(readX64UnwindInfo(indirect(32), entry)).toMatchObject({ operations: [] });
    expect(() => readX64UnwindInfo(indirect(33), entry)).toThrow(expect.objectContaining({ code: 'UNWIND_CHAIN_TOO_LONG' }));
  });
});
