// ECMA-335 II.16.3, II.22.18 (FieldRVA); what MSVC makes of C++/CLI's globals and helper data.

import { hexBytes, hexDigits } from '@ijw/binary';
import { strip } from '@ijw/marshalling';
import {
  type FieldToken,
  fieldFullName,
  fieldTypeOf,
  isTokenOf,
  type Metadata,
  makeToken,
  methodFullName,
  TableId,
  type Token,
  tokenRid,
} from '@ijw/metadata';
import type { TypeNode } from '@ijw/metadata/signatures';
import type { PEImage } from '@ijw/pe';
import { rvaOfAddress } from '../code/jump.ts';
import { isMethodToken } from '../entries/slot-token.ts';
import { sizeOfType } from './static-size.ts';
import { type LiteralEncoding, literalEncoding, literalText } from './string-literal.ts';

/** The content of a field with an address, as its name describes it. */
export type MappedValue =
  /** `__m2mep@`: the slot through which managed code calls a function that turned out to be managed. */
  | { readonly kind: 'managedEntry'; readonly slotRva: number }
  /** `__unep@`: a pointer to native code, which for a managed function is its stub. */
  | { readonly kind: 'nativeEntry'; readonly target: number }
  /** `…$initializer$`: a function that a start-up table runs. */
  | { readonly kind: 'initializer'; readonly token: number; readonly method?: string }
  /** `??_C@`: a string literal. */
  | { readonly kind: 'string'; readonly encoding: LiteralEncoding; readonly text: string }
  /** `_GUID_`: the identifier that `__uuidof` gives. */
  | { readonly kind: 'guid'; readonly guid: string }
  /** One end of a start-up table. */
  | { readonly kind: 'tableEnd' }
  /** A variable or a constant. */
  | { readonly kind: 'static' };

/** A field that lies at an address of the image, shared with native code. */
export interface MappedField {
  readonly token: FieldToken;
  /** `Namespace.Type::Name`. */
  readonly name: string;
  readonly rva: number;
  /** Bytes; absent where the metadata does not say. */
  readonly size?: number;
  /** The file has no bytes for it (`.bss`): its initial value is zero. */
  readonly zeroFilled: boolean;
  readonly value: MappedValue;
}

/** A name without the number that stands for an unnamed namespace. */
export const withoutUnnamedNamespace = (name: string): string => name.replace(/^(?:\?A0x[0-9a-f]+\.)+/, '');

/** MSVC refuses literals longer than this many bytes; a longer one is not read as text. */
const MAX_LITERAL = 0x10000;

/** What fields are read with. */
export interface FieldReading {
  readonly image: PEImage;
  readonly metadata: Metadata;
  readonly isSlot: (rva: number) => boolean;
  /** Returns true if so many more bytes of literals may be read: in total at most as many as the file has. */
  readonly spend: (bytes: number) => boolean;
}

/** The budget of literals for one image. */
export function literalAllowance(image: PEImage): (bytes: number) => boolean {
  let left = image.bytes.length;
  return (bytes) => {
    if (bytes > MAX_LITERAL || bytes > left) return false;
    left -= bytes;
    return true;
  };
}

const formatGuid = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tail = hexBytes(bytes.subarray(8, 16));
  return `${hexDigits(view.getUint32(0, true), 8)}-${hexDigits(view.getUint16(4, true), 4)}-${hexDigits(view.getUint16(6, true), 4)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
};

/** The name of the array type of a string literal. */
function typeName(metadata: Metadata, modified: TypeNode): string {
  const type = strip(modified);
  if (type.kind !== 'named' || !isTokenOf(type.token, 'TypeDef')) return '';
  return metadata.strings.get(metadata.tables.TypeDef.get(tokenRid(type.token), 'Name'));
}

function pointedValue({ image, metadata }: FieldReading, name: string, rva: number): MappedValue | undefined {
  const value = image.readPointer(rva, 'a C++/CLI pointer');
  if (name.startsWith('__unep@')) {
    const target = rvaOfAddress(value, image.optionalHeader.imageBase);
    return target === undefined ? undefined : { kind: 'nativeEntry', target };
  }
  const token = Number(value & 0xffffffffn);
  return isMethodToken(metadata, token) ? { kind: 'initializer', token, method: methodFullName(metadata, token as Token) } : undefined;
}

function mappedValue(reading: FieldReading, name: string, rva: number, type: TypeNode, size: number | undefined): MappedValue {
  const { image, metadata } = reading;
  if (name.startsWith('__m2mep@') && reading.isSlot(rva)) return { kind: 'managedEntry', slotRva: rva };
  if (name.startsWith('__unep@') || name.includes('$initializer$')) return pointedValue(reading, name, rva) ?? { kind: 'static' };
  if (name.startsWith('??_C@') && size !== undefined && reading.spend(size)) {
    const encoding = literalEncoding(name, typeName(metadata, type));
    return { kind: 'string', encoding, text: literalText(image.bytesAt(rva, size, 'a string literal'), encoding) };
  }
  if (name.startsWith('_GUID_')) return { kind: 'guid', guid: formatGuid(image.bytesAt(rva, 16, 'a GUID')) };
  if (/^__x[ci](_m[ap]|_vt)?_[az]$/.test(name)) return { kind: 'tableEnd' };
  return { kind: 'static' };
}

/** By the section's header, which a dump has too. */
function isZeroFilled(image: PEImage, rva: number): boolean {
  const section = image.sectionAt(rva);
  return section !== undefined && rva - section.virtualAddress >= section.sizeOfRawData;
}

/** The field of a row of FieldRVA. @throws BadImageError */
export function readMappedField(reading: FieldReading, fieldRvaRid: number): MappedField {
  const { image, metadata } = reading;
  const { FieldRVA, Field } = metadata.tables;
  const rid = FieldRVA.get(fieldRvaRid, 'Field');
  const rva = FieldRVA.get(fieldRvaRid, 'RVA');
  const token = makeToken(TableId.Field, rid);
  const type = fieldTypeOf(metadata, rid);
  const size = sizeOfType(metadata, type, image.pointerSize);
  const name = withoutUnnamedNamespace(metadata.strings.get(Field.get(rid, 'Name')));
  return {
    token,
    name: fieldFullName(metadata, token),
    rva,
    ...(size !== undefined && { size }),
    zeroFilled: isZeroFilled(image, rva),
    value: mappedValue(reading, name, rva, type, size),
  };
}
