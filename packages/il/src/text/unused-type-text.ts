import { ifReadable } from '@ijw/binary';
import { makeToken, TableId, type TypeDefOrRefToken } from '@ijw/metadata';
import { signatureKindOf } from '@ijw/metadata/signatures';
import { type Disassembly, limitation } from './disassembly.ts';
import { isUndefinedHere } from './pseudo-attribute-text.ts';

const REQUIRE_SECURITY_OBJECT = 0x8000;
const SECURITY_OBJECT_ATTRIBUTE = 'DynamicSecurityMethodAttribute';

/** Types that nothing in the text has named: strict text names them at its end, so that the assembler makes their rows again. */
export function writeUnusedTypes(disassembly: Disassembly, anyClass: number | undefined): void {
  writeTypeList(disassembly, unnamed(disassembly, TableId.TypeRef, disassembly.metadata.tables.TypeRef.rowCount));
  const specifications = unnamed(disassembly, TableId.TypeSpec, disassembly.metadata.tables.TypeSpec.rowCount);
  if (anyClass !== undefined) writeClassAgain(disassembly, anyClass, specifications);
  noteFieldSignatures(disassembly);
  noteUndefinedTypes(disassembly);
}

/** The texts of the types of a table, as `ReferenceText.write` takes them. */
function unnamed(disassembly: Disassembly, table: 0x01 | 0x1b, rowCount: number): readonly number[] {
  const { references, diagnostics } = disassembly;
  return Array.from({ length: rowCount }, (_, index) => makeToken(table, index + 1) as TypeDefOrRefToken)
    .filter((token) => !references.isNamed(token) && !isUndefinedHere(disassembly, token))
    .flatMap((token) => diagnostics.attempt(() => references.type(token), token) ?? []);
}

function writeTypeList({ references, sink }: Disassembly, types: readonly number[]): void {
  if (types.length === 0) return;
  sink.line('.typelist').open();
  for (const text of types) {
    references.write(sink.start(), text);
    sink.end();
  }
  sink.close();
}

/** `.typelist` takes names only. Of a class that stands in the text a second time ilasm keeps the new members alone, and has made rows for the types of its head. */
function writeClassAgain({ metadata, references, sink }: Disassembly, rid: number, types: readonly number[]): void {
  if (types.length === 0) return;
  const { TypeDef } = metadata.tables;
  references.writeQualified(sink.start().text('.class '), TypeDef.get(rid, 'Namespace'), TypeDef.get(rid, 'Name'));
  sink.text(' // again, for types that nothing uses').end();
  sink.start().text('       implements ');
  types.forEach((text, index) => {
    references.write(index === 0 ? sink : sink.text(', '), text);
  });
  sink.end().open().close();
}

/** ilasm makes the reference to the attribute again for each method that is `reqsecobj`; others it does not make. */
function noteUndefinedTypes(disassembly: Disassembly): void {
  const { columns, metadata, references } = disassembly;
  const { rowCount } = metadata.tables.TypeRef;
  const { flags } = columns.method;
  let isMade = false;
  for (let rid = 1; rid <= flags.rowCount && !isMade; rid++) isMade = (flags.at(rid) & REQUIRE_SECURITY_OBJECT) !== 0;
  for (let rid = 1; rid <= rowCount; rid++) {
    const token = makeToken(TableId.TypeRef, rid);
    if (
      !isUndefinedHere(disassembly, token) ||
      (isMade && references.names.string(metadata.tables.TypeRef.get(rid, 'Name')) === SECURITY_OBJECT_ATTRIBUTE)
    )
      continue;
    limitation(disassembly, token, `The TypeRef row ${rid} names a type of this module that is not defined: ilasm refuses the name`);
  }
}

/** Signatures of fields in StandAloneSig (what compilers leave for debuggers) belong to nothing that stands in the text. */
function noteFieldSignatures(disassembly: Disassembly): void {
  const { metadata } = disassembly;
  const { StandAloneSig } = metadata.tables;
  let count = 0;
  for (let rid = 1; rid <= StandAloneSig.rowCount; rid++) {
    const first = ifReadable(() => metadata.blobs.get(StandAloneSig.get(rid, 'Signature')))?.[0];
    if (first !== undefined && signatureKindOf(first) === 'field') count++;
  }
  if (count > 0) limitation(disassembly, 0x11000000, `StandAloneSig rows that describe fields, which no directive of IL makes: ${count}`);
}
