import { ByteWriter } from '@ijw/binary';
import { ElementType } from '@ijw/metadata/signatures';
import type { Decisions } from '../decisions.ts';

const PRIMITIVES = [
  ElementType.I4,
  ElementType.Void,
  ElementType.String,
  ElementType.Object,
  ElementType.U1,
  ElementType.Boolean,
  ElementType.R8,
] as const;
const PREFIXES = [ElementType.Ptr, ElementType.ByRef, ElementType.SzArray, ElementType.Pinned] as const;

/** ECMA-335 II.23.2: compressed numbers have 29 bits. Often the largest, or what other tables and strings just have no room for. */
const anySize = (decisions: Decisions): number =>
  decisions.chance() ? decisions.pick([0x1fffffff, 0x1ffffffe, 0xffffff, 0x10000, 0xffff, 0x8000, 1]) : decisions.u32() & 0x1fffffff;

/** A TypeDefOrRefOrSpecEncoded: mostly the second TypeDef, the first TypeRef or the first TypeSpec, which images have. */
function typeToken(decisions: Decisions): number {
  const choice = decisions.byte();
  if (choice > 240) return decisions.u32() & 0xffffff;
  return choice > 200 ? decisions.byte() & 0x3f : decisions.pick([0x08, 0x05, 0x06]);
}

function writeType(writer: ByteWriter, decisions: Decisions, depth: number): void {
  const kind = decisions.below(depth > 6 ? 3 : 12);
  if (kind < 2) writer.u8(decisions.pick(PRIMITIVES));
  else if (kind === 2) writer.u8(decisions.chance() ? ElementType.Class : ElementType.ValueType).compressedUnsigned(typeToken(decisions));
  else if (kind === 3) {
    const prefix = decisions.pick(PREFIXES);
    for (let left = decisions.count(70_000); left > 0; left--) writer.u8(left < 4 ? decisions.pick(PREFIXES) : prefix);
    writeType(writer, decisions, depth + 1);
  } else if (kind === 4) {
    writer.u8(ElementType.GenericInst).u8(ElementType.Class).compressedUnsigned(typeToken(decisions));
    writeTypes(writer, decisions, decisions.count(3000), depth);
  } else if (kind === 5) {
    writer.u8(ElementType.FnPtr);
    writeMethod(writer, decisions, depth + 1);
  } else if (kind === 6) {
    writer.u8(ElementType.Array);
    writeType(writer, decisions, depth + 1);
    writer
      .compressedUnsigned(decisions.chance() ? anySize(decisions) : decisions.below(40))
      .u8(0)
      .u8(0);
  } else if (kind === 7) {
    writer.u8(decisions.chance() ? ElementType.CModReqd : ElementType.CModOpt).compressedUnsigned(typeToken(decisions));
    writeType(writer, decisions, depth + 1);
  } else if (kind === 8) writer.u8(decisions.chance() ? ElementType.Var : ElementType.MVar).compressedUnsigned(anySize(decisions));
  // A signature with one byte that is not a type is refused as a whole.
  else writer.u8(kind === 11 && decisions.chance() ? decisions.byte() : decisions.pick(PRIMITIVES));
}

function writeTypes(writer: ByteWriter, decisions: Decisions, count: number, depth: number): void {
  writer.compressedUnsigned(count);
  const one = new ByteWriter();
  writeType(one, decisions, depth + 1);
  const repeated = one.toBytes();
  for (let index = 0; index < count; index++) {
    // The first few differ, the others are as the last.
    if (index > 4 || decisions.atEnd) writer.bytes(repeated.length > 64 ? [ElementType.I4] : repeated);
    else writeType(writer, decisions, depth + 1);
  }
}

function writeMethod(writer: ByteWriter, decisions: Decisions, depth: number): void {
  const header = decisions.pick([0x00, 0x10, 0x20, 0x10, 0x00, 0x05, 0x09, 0x01, 0x02, 0x30]);
  writer.u8(header);
  if (header & 0x10) writer.compressedUnsigned(anySize(decisions));
  const count = decisions.count(70_000);
  const parameters = new ByteWriter();
  writeTypes(parameters, decisions, count, depth);
  const bytes = parameters.toBytes();
  const width = count < 0x80 ? 1 : count < 0x4000 ? 2 : 4;
  writer.bytes(bytes.subarray(0, width));
  writeType(writer, decisions, depth + 1);
  writer.bytes(bytes.subarray(width));
}

const written = (write: (writer: ByteWriter) => void): Uint8Array => {
  const writer = new ByteWriter();
  write(writer);
  return writer.toBytes();
};

/** ECMA-335 II.23.2: signatures as the grammar has them, with whatever sizes and tokens. */
export const methodSignature = (decisions: Decisions): Uint8Array => written((writer) => writeMethod(writer, decisions, 0));
export const fieldSignature = (decisions: Decisions): Uint8Array =>
  written((writer) => {
    writer.u8(6);
    writeType(writer, decisions, 0);
  });
export const typeSignature = (decisions: Decisions): Uint8Array => written((writer) => writeType(writer, decisions, 0));
