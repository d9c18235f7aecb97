import { hex, printable } from '@ijw/binary';
import type { Boundary } from '../boundary.ts';

/** A name for an address of the image that other tools do not know. */
export interface BoundaryName {
  readonly rva: number;
  /** Letters, digits and `_` alone. */
  readonly name: string;
  /** `native`: the body of a P/Invoke by RVA; `slot`: a slot of the fixups; `stub`: a jump through one; `nep`: the entry of a double thunk. */
  readonly kind: 'native' | 'slot' | 'stub' | 'nep';
  /** The method, with its signature where it has one. */
  readonly comment: string;
}

/** The programs that read names. */
export const namesFormats = ['ida', 'ghidra', 'csv'] as const;
export type NamesFormat = (typeof namesFormats)[number];

const LONGEST = 200;

/** What disassemblers accept as a name. */
const plain = (text: string): string => text.replace(/[^A-Za-z0-9_]+/g, '_').slice(0, LONGEST);

/** Names for the native code and the data of a boundary. An address has one name, names that several have are numbered. */
export function* boundaryNames({ managedToNative, nativeToManaged }: Boundary): Generator<BoundaryName> {
  const seen = new Set<number>();
  const given = new Map<string, number>();
  function* named(rva: number, kind: BoundaryName['kind'], method: string, comment: string): Generator<BoundaryName> {
    if (rva === 0 || seen.has(rva)) return;
    seen.add(rva);
    const name = `${kind}_${plain(method)}`;
    const number = (given.get(name) ?? 0) + 1;
    given.set(name, number);
    yield { rva, name: number === 1 ? name : `${name}_${number}`, kind, comment };
  }
  for (const { kind, rva, method, signature } of managedToNative) if (kind === 'rva') yield* named(rva, 'native', method, signature);
  for (const { slot, method = 'unknown', signature = method, stubs, nepEntries } of nativeToManaged) {
    yield* named(slot.rva, 'slot', method, signature);
    for (const { rva } of stubs) yield* named(rva, 'stub', method, signature);
    for (const { rva } of nepEntries) yield* named(rva, 'nep', method, signature);
  }
}

/** A literal of Python 2 and 3, and of JSON: other than ASCII is escaped. */
const literal = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const IDA = `
base = idaapi.get_imagebase()
for rva, name, comment in names:
    idc.set_name(base + rva, name, idc.SN_NOWARN)
    idc.set_cmt(base + rva, comment, 1)
`;

const GHIDRA = `
base = currentProgram.getImageBase()
for rva, name, comment in names:
    address = base.add(rva)
    createLabel(address, name, True)
    setEOLComment(address, comment)
`;

/** A script for IDA (IDAPython) or Ghidra that names the addresses, or a table of comma-separated values (RFC 4180, with one line feed). */
export function* boundaryNamesText(boundary: Boundary, format: NamesFormat): Generator<string> {
  if (format === 'csv') {
    yield 'rva,name,kind,comment\n';
    for (const { rva, name, kind, comment } of boundaryNames(boundary))
      yield `${hex(rva)},${name},${kind},"${printable(comment).replaceAll('"', '""')}"\n`;
    return;
  }
  yield format === 'ida' ? 'import idaapi\nimport idc\n\nnames = [\n' : 'names = [\n';
  for (const { rva, name, comment } of boundaryNames(boundary)) yield `    (${hex(rva)}, ${literal(name)}, ${literal(comment)}),\n`;
  yield `]\n${format === 'ida' ? IDA : GHIDRA}`;
}
