import { BadImageError, ByteReader } from '@ijw/binary';

/** "Microsoft C/C++ MSF 7.00", and what ends it: microsoft-pdb `PDB/msf/msf.cpp`, LLVM "The MSF File Format". */
export const MSF_MAGIC = 'Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0';

/** The stream does not exist (a size of -1). */
const NO_STREAM = 0xffffffff;

const BLOCK_SIZES: readonly number[] = [512, 1024, 2048, 4096, 8192, 16384, 32768];

const READING = 'the MSF directory';

interface Superblock {
  readonly blockSize: number;
  readonly directorySize: number;
  readonly directoryMap: number;
}

/**
 * A file of streams in blocks, as Windows PDBs are. Opening reads the directory; the bytes of a stream are put together when it is asked for.
 * Blocks are not shared in a file that a linker made: all streams together are at most as long as the file.
 */
export class MsfFile {
  readonly bytes: Uint8Array;
  readonly #blockSize: number;
  readonly #streams: readonly { readonly size: number; readonly firstBlock: number }[];
  readonly #blocks: Uint32Array;

  /** @throws BadImageError */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const { blockSize, directorySize, directoryMap } = readSuperblock(bytes);
    this.#blockSize = blockSize;
    const count = Math.ceil(directorySize / blockSize);
    const map = new ByteReader(this.#block(directoryMap, READING), { base: directoryMap * blockSize, reading: READING });
    map.count(count, 4);
    const blocks = Uint32Array.from({ length: count }, () => map.u32());
    const directory = new ByteReader(this.#joined(blocks, 0, directorySize, READING), { reading: READING });
    const sizes = Array.from({ length: directory.count(directory.u32(), 4) }, () => directory.u32()).map((size) =>
      size === NO_STREAM ? 0 : size,
    );
    const streams: { size: number; firstBlock: number }[] = [];
    let total = 0;
    let block = 0;
    for (const size of sizes) {
      streams.push({ size, firstBlock: block });
      block += Math.ceil(size / blockSize);
      total += size;
    }
    if (total > bytes.length) throw directory.error('TOO_MUCH_DATA', `The streams have ${total} bytes, the file has ${bytes.length}`);
    directory.count(block, 4);
    this.#streams = streams;
    this.#blocks = Uint32Array.from({ length: block }, () => directory.u32());
  }

  get streamCount(): number {
    return this.#streams.length;
  }

  /** The bytes of a stream; empty for a number that the file does not have. @throws BadImageError where a block is outside the file */
  stream(index: number): Uint8Array {
    const stream = this.#streams[index];
    if (stream === undefined) return new Uint8Array(0);
    return this.#joined(this.#blocks, stream.firstBlock, stream.size, `stream ${index} of the PDB`);
  }

  #joined(blocks: Uint32Array, first: number, size: number, reading: string): Uint8Array {
    const joined = new Uint8Array(Math.min(size, this.bytes.length));
    for (let at = 0, index = first; at < joined.length; at += this.#blockSize, index++) {
      const block = this.#block(blocks[index] ?? 0, reading);
      joined.set(block.subarray(0, joined.length - at), at);
    }
    return joined;
  }

  #block(number: number, reading: string): Uint8Array {
    const start = number * this.#blockSize;
    if (start >= this.bytes.length)
      throw new BadImageError({ code: 'TRUNCATED', offset: this.bytes.length, reading, message: `Block ${number} is outside the file` });
    return this.bytes.subarray(start, start + this.#blockSize);
  }
}

function readSuperblock(bytes: Uint8Array): Superblock {
  const reader = new ByteReader(bytes, { reading: 'the MSF superblock' });
  for (let index = 0; index < MSF_MAGIC.length; index++)
    if (bytes[index] !== MSF_MAGIC.charCodeAt(index)) throw reader.error('NOT_PDB', 'The file is not a Windows PDB (MSF 7.00)', 0);
  reader.position = MSF_MAGIC.length;
  const blockSize = reader.u32();
  if (!BLOCK_SIZES.includes(blockSize)) throw reader.error('BAD_BLOCK_SIZE', `${blockSize} is not the size of a block`, MSF_MAGIC.length);
  reader.skip(8);
  const directorySize = reader.u32();
  reader.skip(4);
  const directoryMap = reader.u32();
  if (directorySize > bytes.length)
    throw reader.error('TRUNCATED', `The directory has ${directorySize} bytes, the file has ${bytes.length}`);
  return { blockSize, directorySize, directoryMap };
}
