import { ByteReader } from '@ijw/binary';

/** CodeView symbol records (microsoft-pdb `include/cvinfo.h`, SYM_ENUM_e) that have an address. */
const SymbolKind = {
  S_THUNK32: 0x1102,
  S_LDATA32: 0x110c,
  S_GDATA32: 0x110d,
  S_PUB32: 0x110e,
  S_LPROC32: 0x110f,
  S_GPROC32: 0x1110,
  S_LMANPROC: 0x112b,
  S_GMANPROC: 0x112a,
  S_LPROC32_ID: 0x1146,
  S_GPROC32_ID: 0x1147,
} as const;

/** A place in a section: sections count from 1. */
export interface SectionOffset {
  readonly segment: number;
  readonly offset: number;
}

export interface PdbPublic extends SectionOffset {
  /** Decorated. */
  readonly name: string;
  /** CV_PUBSYMFLAGS: 1 code, 2 function, 4 managed, 8 MSIL. */
  readonly flags: number;
}

export interface PdbProcedure extends SectionOffset {
  readonly name: string;
  readonly kind: 'native' | 'managed' | 'thunk';
  /** In bytes. */
  readonly size: number;
  readonly isGlobal: boolean;
  /** Of managed code: the MethodDef. */
  readonly token?: number;
}

export interface PdbData extends SectionOffset {
  readonly name: string;
  readonly isGlobal: boolean;
}

/** A record that has an address. */
export type PdbSymbol =
  | ({ readonly record: 'public' } & PdbPublic)
  | ({ readonly record: 'procedure' } & PdbProcedure)
  | ({ readonly record: 'data' } & PdbData);

/** The records of a stream that have an address, in order. Records of other kinds are passed over. @throws BadImageError where a record is cut */
export function* symbolRecords(bytes: Uint8Array, start: number, end: number, reading: string): Generator<PdbSymbol> {
  const reader = new ByteReader(bytes.subarray(0, Math.min(end, bytes.length)), { reading });
  reader.position = Math.min(start, reader.length);
  while (reader.remaining >= 4) {
    const length = reader.u16();
    const next = reader.position + length;
    if (length < 2 || next > reader.length)
      throw reader.error('BAD_SYMBOL_RECORD', `A record of ${length} bytes does not fit`, reader.position - 2);
    const symbol = readSymbol(reader, reader.u16());
    if (symbol !== undefined) yield symbol;
    reader.position = next;
  }
}

function readSymbol(reader: ByteReader, kind: number): PdbSymbol | undefined {
  switch (kind) {
    case SymbolKind.S_PUB32: {
      const flags = reader.u32();
      return { record: 'public', flags, ...readPlace(reader), name: reader.cstring() };
    }
    case SymbolKind.S_GDATA32:
    case SymbolKind.S_LDATA32: {
      reader.skip(4);
      return { record: 'data', isGlobal: kind === SymbolKind.S_GDATA32, ...readPlace(reader), name: reader.cstring() };
    }
    case SymbolKind.S_THUNK32: {
      reader.skip(12);
      const place = readPlace(reader);
      const size = reader.u16();
      reader.skip(1);
      return { record: 'procedure', kind: 'thunk', isGlobal: false, ...place, size, name: reader.cstring() };
    }
    case SymbolKind.S_GPROC32:
    case SymbolKind.S_GPROC32_ID:
    case SymbolKind.S_LPROC32:
    case SymbolKind.S_LPROC32_ID: {
      const size = readSize(reader);
      reader.skip(4);
      const place = readPlace(reader);
      reader.skip(1);
      const isGlobal = kind === SymbolKind.S_GPROC32 || kind === SymbolKind.S_GPROC32_ID;
      return { record: 'procedure', kind: 'native', isGlobal, ...place, size, name: reader.cstring() };
    }
    case SymbolKind.S_GMANPROC:
    case SymbolKind.S_LMANPROC: {
      const size = readSize(reader);
      const token = reader.u32();
      const place = readPlace(reader);
      reader.skip(3);
      return {
        record: 'procedure',
        kind: 'managed',
        isGlobal: kind === SymbolKind.S_GMANPROC,
        ...place,
        size,
        token,
        name: reader.cstring(),
      };
    }
    default:
      return undefined;
  }
}

/** PROCSYM32: parent, end, next, length of the code, start and end of the debuggable part. */
function readSize(reader: ByteReader): number {
  reader.skip(12);
  const size = reader.u32();
  reader.skip(8);
  return size;
}

const readPlace = (reader: ByteReader): SectionOffset => {
  const offset = reader.u32();
  return { offset, segment: reader.u16() };
};
