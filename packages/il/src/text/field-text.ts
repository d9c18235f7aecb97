import { hexDigits } from '@ijw/binary';
import { constantOf, type FieldToken, makeToken, type ParamToken, TableId } from '@ijw/metadata';
import { constantText } from './constant-text.ts';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import type { DataLabels } from './data-text.ts';
import { type Disassembly, limitation, partText, tokenComment } from './disassembly.ts';
import { fieldFlagWords, pinvokeFlagWords } from './flags/member-flags.ts';
import { quotedName } from './lexical/string-literal.ts';
import { marshalText } from './marshal-text.ts';
import { fieldOffsetAttribute } from './pseudo-attribute-text.ts';

/** `.field`, with its layout, marshalling, value or data, and attributes. @throws BadImageError */
export function writeField(disassembly: Disassembly, rid: number, labels: DataLabels): void {
  const { columns, references, sink } = disassembly;
  const token = makeToken(TableId.Field, rid);
  const { buffer } = references;
  references.fieldType(columns.field.signature.at(rid));
  references.writeFieldName(buffer.text(' '), rid);
  const end = buffer.length;
  const value = partText(disassembly, token, () => valueText(disassembly, token));
  const data = dataText(disassembly, token, labels);
  const offset = offsetOf(disassembly, token);
  const offsetAttribute = offset === undefined ? undefined : fieldOffsetAttribute(disassembly, token, offset);
  sink.start().text('.field ').text(tokenComment(disassembly, token));
  if (offset !== undefined && offsetAttribute === undefined) sink.text(`[${offset}] `);
  sink
    .text(fieldFlagWords(columns.field.flags.at(rid)))
    .text(partText(disassembly, token, () => pinvokeText(disassembly, token)))
    .text(marshalOf(disassembly, token));
  sink.run(buffer.view, 0, end).text(value).text(data).end();
  if (offsetAttribute !== undefined) sink.line(offsetAttribute);
  writeCustomAttributes(disassembly, token);
}

function offsetOf({ metadata, namedBy }: Disassembly, token: FieldToken): number | undefined {
  if (!namedBy.fieldLayout.has(token)) return undefined;
  const row = metadata.findFieldLayout(token);
  return row === undefined ? undefined : metadata.tables.FieldLayout.get(row, 'Offset');
}

export function marshalOf(disassembly: Disassembly, token: FieldToken | ParamToken): string {
  const { metadata, namedBy } = disassembly;
  if (!namedBy.fieldMarshal.has(token)) return '';
  const row = metadata.findFieldMarshal(token);
  if (row === undefined) return '';
  return partText(disassembly, token, () => `${marshalText(metadata.blobs.get(metadata.tables.FieldMarshal.get(row, 'NativeType')))} `);
}

/** A field may be a variable of a native module. */
function pinvokeText({ metadata, namedBy, references: { names } }: Disassembly, token: FieldToken): string {
  if (!namedBy.implMap.has(token)) return '';
  const row = metadata.findImplMap(token);
  if (row === undefined) return '';
  const { ImplMap, ModuleRef } = metadata.tables;
  const module = names.string(ModuleRef.get(ImplMap.get(row, 'ImportScope'), 'Name'));
  const name = names.string(ImplMap.get(row, 'ImportName'));
  return `pinvokeimpl(${quotedName(module)} as ${quotedName(name)} ${pinvokeFlagWords(ImplMap.get(row, 'MappingFlags'))}) `;
}

function valueText({ metadata, namedBy }: Disassembly, token: FieldToken): string {
  if (!namedBy.constant.has(token)) return '';
  const constant = constantOf(metadata, token);
  return constant === undefined ? '' : ` = ${constantText(constant)}`;
}

function dataText(disassembly: Disassembly, token: FieldToken, labels: DataLabels): string {
  if (!disassembly.namedBy.fieldRva.has(token)) return '';
  const label = labels.labelOf(token);
  if (label === undefined) {
    limitation(disassembly, token, `The data of the field ${hexDigits(token)} cannot be read`);
  }
  return label === undefined ? '' : ` at ${label}`;
}
