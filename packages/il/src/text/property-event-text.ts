import {
  constantOf,
  type EventToken,
  MethodSemanticsAttributes,
  makeToken,
  PropertyAttributes,
  type PropertyToken,
  TableId,
  type TypeDefOrRefToken,
  tokenRid,
} from '@ijw/metadata';
import { constantText } from './constant-text.ts';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import { attempt, type Disassembly, partText } from './disassembly.ts';
import { conventionText, writeParameterTypes } from './type-text.ts';

/** ECMA-335 II.23.1.12, by bit. */
const ACCESSORS: readonly (readonly [number, string])[] = [
  [MethodSemanticsAttributes.AddOn, '.addon'],
  [MethodSemanticsAttributes.RemoveOn, '.removeon'],
  [MethodSemanticsAttributes.Fire, '.fire'],
  [MethodSemanticsAttributes.Getter, '.get'],
  [MethodSemanticsAttributes.Setter, '.set'],
  [MethodSemanticsAttributes.Other, '.other'],
];

/** The same two bits for events and properties. HasDefault is said by the value. */
const flagWords = (flags: number): string =>
  `${flags & PropertyAttributes.SpecialName ? 'specialname ' : ''}${flags & PropertyAttributes.RTSpecialName ? 'rtspecialname ' : ''}`;

const accessorWord = (semantics: number): string => ACCESSORS.find(([bit]) => semantics & bit)?.[1] ?? '.other';

function writeAccessors(disassembly: Disassembly, association: EventToken | PropertyToken): void {
  const { metadata, references, sink } = disassembly;
  const { MethodSemantics } = metadata.tables;
  for (const row of metadata.semanticsOf(association)) {
    attempt(disassembly, makeToken(TableId.MethodSemantics, row), () => {
      const word = accessorWord(MethodSemantics.get(row, 'Semantics'));
      const text = references.method(makeToken(TableId.MethodDef, MethodSemantics.get(row, 'Method')));
      references.write(sink.start().text(word).text(' '), text);
      sink.end();
    });
  }
}

/** @throws BadImageError */
export function writeEvent(disassembly: Disassembly, token: EventToken): void {
  const { metadata, references, sink } = disassembly;
  const { Event } = metadata.tables;
  const rid = tokenRid(token);
  const type = Event.column('EventType').token(rid) as TypeDefOrRefToken;
  const text = tokenRid(type) === 0 ? undefined : references.type(type);
  const { buffer } = references;
  buffer.truncate(0);
  references.names.write(buffer, Event.get(rid, 'Name'));
  sink
    .start()
    .text('.event ')
    .text(flagWords(Event.get(rid, 'EventFlags')));
  if (text !== undefined) {
    references.write(sink, text);
    sink.text(' ');
  }
  sink.run(buffer.view, 0, buffer.length).end().open();
  writeCustomAttributes(disassembly, token);
  writeAccessors(disassembly, token);
  sink.close().end();
}

/** @throws BadImageError */
export function writeProperty(disassembly: Disassembly, token: PropertyToken): void {
  const { metadata, namedBy, references, sink } = disassembly;
  const { Property } = metadata.tables;
  const rid = tokenRid(token);
  const { buffer } = references;
  const signature = references.signature(Property.get(rid, 'Type'));
  const end = buffer.length;
  references.names.write(buffer, Property.get(rid, 'Name'));
  const value = partText(disassembly, token, () => {
    const constant = namedBy.constant.has(token) ? constantOf(metadata, token) : undefined;
    return constant === undefined ? '' : ` = ${constantText(constant)}`;
  });
  sink
    .start()
    .text('.property ')
    .text(flagWords(Property.get(rid, 'Flags')))
    .text(conventionText(signature.header & 0x20));
  sink.run(buffer.view, 0, signature.parameterTypes[0] ?? end).text(' ');
  sink.run(buffer.view, end, buffer.length).text('(');
  writeParameterTypes(sink, buffer, signature, end);
  sink.text(')').text(value).end().open();
  writeCustomAttributes(disassembly, token);
  writeAccessors(disassembly, token);
  sink.close().end();
}
