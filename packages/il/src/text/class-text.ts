import { type EventToken, makeToken, type PropertyToken, TableId, type TypeDefOrRefToken, tokenRid } from '@ijw/metadata';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import type { DataLabels } from './data-text.ts';
import { attempt, type Disassembly, tokenComment } from './disassembly.ts';
import { writeField } from './field-text.ts';
import { typeFlagWords } from './flags/type-flags.ts';
import { writeGenericParameterAttributes, writeGenericParameters } from './generic-parameter-text.ts';
import { writeForeignOverrides, writeMethod } from './method-text.ts';
import { writeEvent, writeProperty } from './property-event-text.ts';
import { writeSecurity } from './security-text.ts';
import { isVisibleMember, isVisibleType } from './visibility.ts';

/** `.class` with all its members and nested classes. @throws BadImageError */
export function writeClass(disassembly: Disassembly, rid: number, labels: DataLabels): void {
  const { metadata, references, sink } = disassembly;
  const { TypeDef } = metadata.tables;
  const token = makeToken(TableId.TypeDef, rid);
  if (!isVisibleType(disassembly, rid)) return;
  writeHead(disassembly, rid);
  sink.open();
  writeLayout(disassembly, rid);
  writeCustomAttributes(disassembly, token);
  writeSecurity(disassembly, token);
  // Before `.param type`: ilasm does not come back from an `.interfaceimpl` that stands after one.
  writeInterfaceAttributes(disassembly, rid);
  writeGenericParameterAttributes(disassembly, token);
  for (const nested of metadata.nestedTypesOf(rid))
    writeNested(disassembly, metadata.tables.NestedClass.get(nested, 'NestedClass'), labels);
  for (const field of metadata.fieldsOf(rid)) {
    if (isVisibleMember(disassembly, TableId.Field, field))
      attempt(disassembly, makeToken(TableId.Field, field), () => writeField(disassembly, field, labels));
  }
  for (const method of metadata.methodsOf(rid)) {
    if (isVisibleMember(disassembly, TableId.MethodDef, method))
      attempt(disassembly, makeToken(TableId.MethodDef, method), () => writeMethod(disassembly, method));
  }
  writeForeignOverrides(disassembly, rid);
  for (const event of metadata.eventsOf(rid))
    attempt(disassembly, makeToken(TableId.Event, event), () => writeEvent(disassembly, makeToken(TableId.Event, event) as EventToken));
  for (const property of metadata.propertiesOf(rid)) {
    attempt(disassembly, makeToken(TableId.Property, property), () =>
      writeProperty(disassembly, makeToken(TableId.Property, property) as PropertyToken),
    );
  }
  sink.indent -= 2;
  references.writeQualified(sink.start().text('} // end of class '), TypeDef.get(rid, 'Namespace'), TypeDef.get(rid, 'Name'));
  sink.end().end();
}

/** ECMA-335 II.23.1.15. */
const INTERFACE = 0x20;

/** Classes nest in the table, which may be made to loop: the depth is the sink's indentation. */
const MAX_INDENT = 200;

function writeNested(disassembly: Disassembly, rid: number, labels: DataLabels): void {
  const { metadata, sink } = disassembly;
  const token = makeToken(TableId.TypeDef, rid);
  attempt(disassembly, token, () => {
    if (sink.indent > MAX_INDENT) throw metadata.place.error('NESTING_TOO_DEEP', 0, 'the NestedClass table', 'Types are nested too deep');
    writeClass(disassembly, rid, labels);
  });
}

/** The line that `.class` begins with, as it also stands in forward declarations. */
export function writeHead(disassembly: Disassembly, rid: number): void {
  const { metadata, options, references, sink } = disassembly;
  const { TypeDef, InterfaceImpl } = metadata.tables;
  const token = makeToken(TableId.TypeDef, rid);
  const { buffer } = references;
  buffer.truncate(0);
  references.writeQualified(buffer, TypeDef.get(rid, 'Namespace'), TypeDef.get(rid, 'Name'));
  sink
    .start()
    .text('.class ')
    .text(tokenComment(disassembly, token))
    .text(typeFlagWords(TypeDef.get(rid, 'Flags')));
  sink.run(buffer.view, 0, buffer.length);
  writeGenericParameters(disassembly, token);
  sink.end();
  const base = TypeDef.column('Extends').token(rid) as TypeDefOrRefToken;
  if (tokenRid(base) !== 0) {
    references.writeType(sink.start().text('       extends '), base);
    sink.end();
    // A class without a base would get System.Object. The module is no type, but no nil either: ilasm writes nothing for it.
  } else if (options.strict && !(TypeDef.get(rid, 'Flags') & INTERFACE)) sink.line('       extends mdtoken(0x00000001)');
  const interfaces = metadata.interfaceImplsOf(rid);
  for (let index = 0; index < interfaces.length; index++) {
    const text = references.type(InterfaceImpl.column('Interface').token(interfaces.at(index)!) as TypeDefOrRefToken);
    references.write(sink.start().text(index === 0 ? '       implements ' : '                  '), text);
    sink.text(index + 1 < interfaces.length ? ',' : '').end();
  }
}

function writeLayout({ metadata, sink }: Disassembly, rid: number): void {
  const row = metadata.findClassLayout(makeToken(TableId.TypeDef, rid));
  if (row === undefined) return;
  const { ClassLayout } = metadata.tables;
  sink.line(`.pack ${ClassLayout.get(row, 'PackingSize')}`).line(`.size ${ClassLayout.get(row, 'ClassSize')}`);
}

function writeInterfaceAttributes(disassembly: Disassembly, rid: number): void {
  const { metadata, references, sink } = disassembly;
  const { InterfaceImpl } = metadata.tables;
  for (const row of metadata.interfaceImplsOf(rid)) {
    const token = makeToken(TableId.InterfaceImpl, row);
    const text = references.type(InterfaceImpl.column('Interface').token(row) as TypeDefOrRefToken);
    const before = (): void => {
      references.write(sink.start().text('.interfaceimpl type '), text);
      sink.end();
    };
    // ilasm attaches one attribute to each directive; a second one would go to the class.
    writeCustomAttributes(disassembly, token, { before });
  }
}
