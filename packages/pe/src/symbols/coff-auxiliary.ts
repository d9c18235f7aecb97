import { ByteReader, ByteWriter } from '@ijw/binary';

/** PE/COFF "Storage Class": IMAGE_SYM_CLASS_*. */
export const StorageClass = {
  END_OF_FUNCTION: 0xff,
  NULL: 0,
  AUTOMATIC: 1,
  EXTERNAL: 2,
  STATIC: 3,
  REGISTER: 4,
  EXTERNAL_DEF: 5,
  LABEL: 6,
  UNDEFINED_LABEL: 7,
  MEMBER_OF_STRUCT: 8,
  ARGUMENT: 9,
  STRUCT_TAG: 10,
  MEMBER_OF_UNION: 11,
  UNION_TAG: 12,
  TYPE_DEFINITION: 13,
  UNDEFINED_STATIC: 14,
  ENUM_TAG: 15,
  MEMBER_OF_ENUM: 16,
  REGISTER_PARAM: 17,
  BIT_FIELD: 18,
  BLOCK: 100,
  FUNCTION: 101,
  END_OF_STRUCT: 102,
  FILE: 103,
  SECTION: 104,
  WEAK_EXTERNAL: 105,
  CLR_TOKEN: 107,
} as const;

/** PE/COFF "Auxiliary Symbol Records": the records behind a symbol. Indices count records of the symbol table. */
export type CoffAuxiliary =
  /** Format 1. */
  | {
      readonly kind: 'function';
      readonly tagIndex: number;
      readonly totalSize: number;
      readonly pointerToLineNumber: number;
      readonly pointerToNextFunction: number;
    }
  /** Format 2, of `.bf` and `.ef`. */
  | { readonly kind: 'functionBoundary'; readonly lineNumber: number; readonly pointerToNextFunction: number }
  /** Format 3. */
  | { readonly kind: 'weakExternal'; readonly tagIndex: number; readonly characteristics: number }
  /** Format 4; the name fills as many records as it needs, or stands in the string table (GNU). */
  | { readonly kind: 'file'; readonly fileName: string }
  /** Format 5. */
  | {
      readonly kind: 'section';
      readonly length: number;
      readonly numberOfRelocations: number;
      readonly numberOfLineNumbers: number;
      readonly checkSum: number;
      readonly number: number;
      readonly selection: number;
    }
  | { readonly kind: 'clrToken'; readonly auxiliaryType: number; readonly symbolTableIndex: number }
  | { readonly kind: 'unknown'; readonly bytes: Uint8Array };

/** The facts that determine the form of an auxiliary record. */
export interface AuxiliaryContext {
  readonly value: number;
  readonly section: number;
  readonly type: number;
  readonly storageClass: number;
}

/** The upper half of the type's low byte: a function (DT_FCN). */
const isFunction = (type: number): boolean => (type & 0x30) === 0x20;

function kindOf({ value, section, type, storageClass }: AuxiliaryContext): CoffAuxiliary['kind'] {
  switch (storageClass) {
    case StorageClass.FILE:
      return 'file';
    case StorageClass.FUNCTION:
      return 'functionBoundary';
    case StorageClass.WEAK_EXTERNAL:
      return 'weakExternal';
    case StorageClass.CLR_TOKEN:
      return 'clrToken';
    case StorageClass.EXTERNAL:
      if (isFunction(type) && section > 0) return 'function';
      return section === 0 && value === 0 ? 'weakExternal' : 'unknown';
    case StorageClass.STATIC:
      return isFunction(type) ? 'function' : 'section';
    default:
      return 'unknown';
  }
}

/** The auxiliary records of a symbol; those of a file are one name. `bytes` is a multiple of the size of a record. */
export function readAuxiliaries(
  bytes: Uint8Array,
  symbol: AuxiliaryContext,
  recordSize: number,
  nameOf: (field: Uint8Array) => string,
): readonly CoffAuxiliary[] {
  if (bytes.length === 0) return [];
  const kind = kindOf(symbol);
  if (kind === 'file') return [{ kind, fileName: nameOf(bytes) }];
  return Array.from({ length: bytes.length / recordSize }, (_, index) => {
    const record = bytes.subarray(index * recordSize, (index + 1) * recordSize);
    // The forms are of one record: what follows it is of a form that is not known.
    return index === 0 ? readAuxiliary(record, kind) : { kind: 'unknown', bytes: record };
  });
}

function readAuxiliary(bytes: Uint8Array, kind: CoffAuxiliary['kind']): CoffAuxiliary {
  const reader = new ByteReader(bytes, { reading: 'an auxiliary symbol record' });
  switch (kind) {
    case 'function':
      return {
        kind,
        tagIndex: reader.u32(),
        totalSize: reader.u32(),
        pointerToLineNumber: reader.u32(),
        pointerToNextFunction: reader.u32(),
      };
    case 'functionBoundary': {
      reader.skip(4);
      const lineNumber = reader.u16();
      reader.skip(6);
      return { kind, lineNumber, pointerToNextFunction: reader.u32() };
    }
    case 'weakExternal':
      return { kind, tagIndex: reader.u32(), characteristics: reader.u32() };
    case 'section':
      return {
        kind,
        length: reader.u32(),
        numberOfRelocations: reader.u16(),
        numberOfLineNumbers: reader.u16(),
        checkSum: reader.u32(),
        number: reader.u16(),
        selection: reader.u8(),
      };
    case 'clrToken': {
      const auxiliaryType = reader.u8();
      reader.skip(1);
      return { kind, auxiliaryType, symbolTableIndex: reader.u32() };
    }
    default:
      return { kind: 'unknown', bytes };
  }
}

/** The twin: whole records. */
export function writeAuxiliary(auxiliary: CoffAuxiliary, recordSize: number): Uint8Array {
  const writer = new ByteWriter();
  switch (auxiliary.kind) {
    case 'function':
      writer.u32(auxiliary.tagIndex).u32(auxiliary.totalSize).u32(auxiliary.pointerToLineNumber).u32(auxiliary.pointerToNextFunction);
      break;
    case 'functionBoundary':
      writer.fill(4).u16(auxiliary.lineNumber).fill(6).u32(auxiliary.pointerToNextFunction);
      break;
    case 'weakExternal':
      writer.u32(auxiliary.tagIndex).u32(auxiliary.characteristics);
      break;
    case 'file':
      writer.utf8(auxiliary.fileName);
      break;
    case 'section':
      writer.u32(auxiliary.length).u16(auxiliary.numberOfRelocations).u16(auxiliary.numberOfLineNumbers).u32(auxiliary.checkSum);
      writer.u16(auxiliary.number).u8(auxiliary.selection);
      break;
    case 'clrToken':
      writer.u8(auxiliary.auxiliaryType).u8(0).u32(auxiliary.symbolTableIndex);
      break;
    default:
      writer.bytes(auxiliary.bytes);
  }
  return writer.fill((recordSize - (writer.length % recordSize)) % recordSize).toBytes();
}
