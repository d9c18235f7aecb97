import { type EventToken, makeToken, type PropertyToken, TableId, TypeAttributes, type TypeDefOrRefToken, tokenRid } from '@ijw/metadata';
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
const VISIBILITY_MASK = 0x07;
const PUBLIC = 0x01;
const NESTED_PUBLIC = 0x02;

/** Classes nest in the table, which may be made to loop: the depth is the sink's indentation. */
const MAX_INDENT = 200;

function writeNested(disassembly: Disassembly, rid: number, labels: DataLabels): void {
  const { metadata, sink } = disassembly;
  const token = makeToken(TableId.TypeDef, rid);
  // One row of each circle of types stands outside of all.
  if (disassembly.nesting.lost.has(rid)) return;
  attempt(disassembly, token, () => {
    if (sink.indent > MAX_INDENT) throw metadata.place.error('NESTING_TOO_DEEP', 0, 'the NestedClass table', 'Types are nested too deep');
    writeClass(disassembly, rid, labels);
  });
}

/** The line that `.class` begins with, as it also stands in forward declarations. */
export function writeHead(disassembly: Disassembly, rid: number): void {
  const { metadata, options, references, sink } = disassembly;
  const { TypeDef } = metadata.tables;
  const token = makeToken(TableId.TypeDef, rid);
  const { buffer } = references;
  buffer.truncate(0);
  references.writeQualified(buffer, TypeDef.get(rid, 'Namespace'), TypeDef.get(rid, 'Name'));
  sink
    .start()
    .text('.class ')
    .text(tokenComment(disassembly, token))
    .text(typeFlagWords(flagsOf(disassembly, rid)));
  sink.run(buffer.view, 0, buffer.length);
  writeGenericParameters(disassembly, token);
  sink.end();
  attempt(disassembly, token, () => {
    const base = TypeDef.column('Extends').token(rid) as TypeDefOrRefToken;
    if (tokenRid(base) !== 0) {
      const text = references.type(base);
      references.write(sink.start().text('       extends '), text);
      sink.end();
      // ilasm gives a class without `extends` the base System.Object; for the token of the Module row it writes a nil base.
    } else if (options.strict && !(TypeDef.get(rid, 'Flags') & TypeAttributes.Interface)) sink.line('       extends mdtoken(0x00000001)');
  });
  writeInterfaces(disassembly, rid);
}

function writeInterfaces(disassembly: Disassembly, rid: number): void {
  const { metadata, references, sink } = disassembly;
  const column = metadata.tables.InterfaceImpl.column('Interface');
  const texts: number[] = [];
  for (const row of metadata.interfaceImplsOf(rid))
    attempt(disassembly, makeToken(TableId.InterfaceImpl, row), () => texts.push(references.type(column.token(row) as TypeDefOrRefToken)));
  texts.forEach((text, index) => {
    references.write(sink.start().text(index === 0 ? '       implements ' : '                  '), text);
    sink.text(index + 1 < texts.length ? ',' : '').end();
  });
}

function writeLayout({ metadata, sink }: Disassembly, rid: number): void {
  const row = metadata.findClassLayout(makeToken(TableId.TypeDef, rid));
  if (row === undefined) return;
  const { ClassLayout } = metadata.tables;
  sink.line(`.pack ${ClassLayout.get(row, 'PackingSize')}`).line(`.size ${ClassLayout.get(row, 'ClassSize')}`);
}

/** ilasm takes the nested visibilities only within a class that it keeps. */
function flagsOf({ metadata, nesting, options }: Disassembly, rid: number): number {
  const flags = metadata.tables.TypeDef.get(rid, 'Flags');
  if (!options.strict || !nesting.inModule.includes(rid)) return flags;
  return (flags & ~VISIBILITY_MASK) | ((flags & VISIBILITY_MASK) === NESTED_PUBLIC ? PUBLIC : 0);
}

function writeInterfaceAttributes(disassembly: Disassembly, rid: number): void {
  const { metadata, references, sink } = disassembly;
  const { InterfaceImpl } = metadata.tables;
  for (const row of metadata.interfaceImplsOf(rid)) {
    const token = makeToken(TableId.InterfaceImpl, row);
    if (!disassembly.namedBy.customAttribute.has(token)) continue;
    const text = disassembly.diagnostics.attempt(() => references.type(InterfaceImpl.column('Interface').token(row) as TypeDefOrRefToken));
    if (text === undefined) continue;
    const before = (): void => {
      references.write(sink.start().text('.interfaceimpl type '), text);
      sink.end();
    };
    // ilasm attaches one attribute to each directive; a second one would go to the class.
    writeCustomAttributes(disassembly, token, { before });
  }
}
