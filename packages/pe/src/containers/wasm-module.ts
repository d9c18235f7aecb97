import { ByteReader } from '@ijw/binary';

/** WebAssembly core specification 5.5, "Modules": the section of data segments. */
const DATA_SECTION = 11;
const HEADER_SIZE = 8;
const WASM_MAGIC = 0x6d736100;
const WEBCIL_ID = 0x4c496257;

/** 5.2.2 "Integers": an unsigned integer of up to 32 bits, seven to a byte. */
function leb128(reader: ByteReader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.u8();
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw reader.error('BAD_LEB128', 'The integer is longer than five bytes');
}

/** Skips the constant expression of an active segment's offset (3.4.12): constants, globals, integer arithmetic. */
function skipExpression(reader: ByteReader): void {
  for (let opcode = reader.u8(); opcode !== 0x0b; opcode = reader.u8()) {
    if (opcode === 0x41 || opcode === 0x42) while (reader.u8() >= 0x80);
    else if (opcode === 0x23) leb128(reader);
  }
}

/** 5.5.14 "Data Section": the bytes of each segment. */
function* dataSegments(section: ByteReader): Generator<ByteReader> {
  const count = section.count(leb128(section), 2);
  for (let index = 0; index < count; index++) {
    const flags = leb128(section);
    if (flags === 2) leb128(section);
    if (flags !== 1) skipExpression(section);
    yield section.slice(leb128(section));
  }
}

/** The Webcil file that a WebAssembly module carries as a data segment; `undefined` for any other bytes. Throws `BadImageError`. */
export function webcilOfWasm(file: Uint8Array): { readonly bytes: Uint8Array; readonly offset: number } | undefined {
  const reader = new ByteReader(file, { reading: 'the WebAssembly module' });
  if (reader.remaining < HEADER_SIZE || reader.u32() !== WASM_MAGIC) return undefined;
  reader.skip(4);
  while (!reader.atEnd) {
    const id = reader.u8();
    const section = reader.slice(leb128(reader));
    if (id !== DATA_SECTION) continue;
    for (const segment of dataSegments(section)) {
      if (segment.remaining >= 4 && segment.u32() === WEBCIL_ID) return { bytes: segment.bytes, offset: segment.base };
    }
  }
  return undefined;
}
