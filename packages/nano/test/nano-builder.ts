import { ByteWriter } from '@ijw/binary';
import { nanoChecksums, nanoLayouts, readNanoHeader } from '@ijw/nano';

/** Rows by the values of their columns, in the order of the layout, padding left out; blobs as bytes. */
export type NanoContent = Readonly<Partial<Record<string, readonly (readonly number[])[] | Uint8Array>>>;

const WIDTHS: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, string: 2, signature: 2 };

function rowsOf(layout: (typeof nanoLayouts)[1][number], content: NanoContent): Uint8Array {
  const given = content[layout.name] ?? [];
  if (given instanceof Uint8Array) return given;
  const writer = new ByteWriter();
  for (const row of given) {
    const values = row.values();
    const next = (): number => values.next().value ?? 0;
    for (const [, kind] of layout.columns ?? []) {
      if (kind === 'padding') writer.u16(0);
      else if (kind === 'version') for (let part = 0; part < 4; part++) writer.u16(next());
      else if (WIDTHS[kind] === 1) writer.u8(next());
      else if (WIDTHS[kind] === 2) writer.u16(next());
      else writer.u32(next());
    }
  }
  return writer.toBytes();
}

/** A `.pe` file of version 1.2.3.4 with checksums that are right. */
export function buildNanoAssembly(format: 1 | 2, name: number, content: NanoContent): Uint8Array {
  const tables = nanoLayouts[format].map((layout) => rowsOf(layout, content));
  const paddings = tables.map(({ length }) => (4 - (length % 4)) % 4);
  const headerSize = (format === 1 ? 44 : 36) + 4 * (tables.length + 1) + 4 * Math.ceil(tables.length / 4);
  const writer = new ByteWriter();
  for (const character of `NFMRK${format}\0\0`) writer.u8(character.charCodeAt(0));
  writer.u32(0).u32(0).u32(0).u32(0x12345678);
  if (format === 1) writer.u32(0xffffffff);
  writer.u16(1).u16(2).u16(3).u16(4).u16(name).u16(1);
  let start = headerSize;
  for (const [index, { length }] of tables.entries()) {
    writer.u32(start);
    start += length + (paddings[index] ?? 0);
  }
  writer.u32(start);
  if (format === 1) writer.u32(0);
  for (let index = 0; index < Math.ceil(tables.length / 4) * 4; index++) writer.u8(paddings[index] ?? 0);
  for (const [index, table] of tables.entries()) writer.bytes(table).fill(paddings[index] ?? 0);
  return checked(writer.toBytes());
}

/** The checksum of the header is over that of the assembly. */
function checked(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(12, nanoChecksums(bytes, readNanoHeader(bytes)).assemblyCrc, true);
  view.setUint32(8, nanoChecksums(bytes, readNanoHeader(bytes)).headerCrc, true);
  return bytes;
}

const STRINGS = 'Demo\0N\0C\0Run\0value\0hello\0mscorlib\0';
/** The place of a text in the string table. */
const at = (text: string): number => STRINGS.indexOf(`${text}\0`);

const NONE = 0xffff;
/** The strings of the runtime for `.ctor`, `Object` and `System`. */
const [CTOR, OBJECT, SYSTEM] = [0xfffe, 0xfeb1, 0xfe40];
const SIGNATURES = Uint8Array.of(6, 7, 0, 1, 0, 15, 7, 0x20, 0, 0);

/** `N.C : [mscorlib]System.Object` with the field `value` and the static method `Run(string)`, which has a string, a switch, a field, a call and a handler. */
export function demoAssembly(format: 1 | 2): Uint8Array {
  const typeRef = format === 1 ? 0x8000 : 0x4000;
  const code = new ByteWriter();
  code.u8(0x00).u8(0x72).u16(at('hello')).u8(0x0a);
  code.u8(0x45).u8(2).u16(0).u16(0xfff6);
  code.u8(0x7e).u16(0).u8(0x26).u8(0x28).u16(0x8000).u8(0xde).u8(0).u8(0x2a);
  code.u16(0).u16(typeRef).u16(0).u16(5).u16(5).u16(10).u8(1);
  const generic = format === 1 ? [] : [NONE, 0];
  return buildNanoAssembly(format, at('Demo'), {
    AssemblyRef: [[at('mscorlib'), 1, 17, 11, 0]],
    TypeRef: [[OBJECT, SYSTEM, 0]],
    MethodRef: [[CTOR, typeRef, 7]],
    TypeDef: [[at('C'), at('N'), typeRef, NONE, NONE, 0, 0, 0, 1, 17, 0, 0, 1, 0, ...generic, 0x81]],
    FieldDef: [[at('value'), 0, NONE, 0x16]],
    MethodDef: [[at('Run'), 0, 0x40000016, 0, 1, 1, 2, 6, ...generic, 2]],
    Strings: new TextEncoder().encode(STRINGS),
    Signatures: SIGNATURES,
    ByteCode: code.toBytes(),
  });
}
