import { constantOf, type FieldToken, makeToken, type ParamToken, TableId } from '@ijw/metadata';
import { constantText } from './constant-text.ts';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import type { DataLabels } from './data-text.ts';
import { type Disassembly, limitation, tokenComment } from './disassembly.ts';
import { fieldFlagWords, pinvokeFlagWords } from './flags/member-flags.ts';
import { quotedString } from './lexical/string-literal.ts';
import { marshalText } from './marshal-text.ts';
import { fieldOffsetAttribute } from './pseudo-attribute-text.ts';

/** `.field`, with its layout, marshalling, value or data, and attributes. @throws BadImageError */
export function writeField(disassembly: Disassembly, rid: number, labels: DataLabels): void {
  const { metadata, references, sink } = disassembly;
  const { Field } = metadata.tables;
  const token = makeToken(TableId.Field, rid);
  const type = references.fieldType(Field.get(rid, 'Signature'));
  const layout = metadata.findFieldLayout(token);
  const offset = layout === undefined ? undefined : metadata.tables.FieldLayout.get(layout, 'Offset');
  const offsetAttribute = offset === undefined ? undefined : fieldOffsetAttribute(disassembly, token, offset);
  const prefix =
    (offset === undefined || offsetAttribute !== undefined ? '' : `[${offset}] `) +
    fieldFlagWords(Field.get(rid, 'Flags')) +
    pinvokeText(disassembly, token) +
    marshalOf(disassembly, token);
  const value = valueText(disassembly, token);
  sink.line(
    `.field ${tokenComment(disassembly, token)}${prefix}${type} ${references.fieldName(rid)}${value}${dataText(disassembly, token, labels)}`,
  );
  if (offsetAttribute !== undefined) sink.line(offsetAttribute);
  writeCustomAttributes(disassembly, token);
}

export function marshalOf({ metadata, namedBy }: Disassembly, token: FieldToken | ParamToken): string {
  if (!namedBy.fieldMarshal.has(token)) return '';
  const row = metadata.findFieldMarshal(token);
  return row === undefined ? '' : `${marshalText(metadata.blobs.get(metadata.tables.FieldMarshal.get(row, 'NativeType')))} `;
}

/** A field may be a variable of a native module. */
function pinvokeText({ metadata }: Disassembly, token: FieldToken): string {
  const row = metadata.findImplMap(token);
  if (row === undefined) return '';
  const { ImplMap, ModuleRef } = metadata.tables;
  const module = metadata.strings.get(ModuleRef.get(ImplMap.get(row, 'ImportScope'), 'Name'));
  const name = metadata.strings.get(ImplMap.get(row, 'ImportName'));
  return `pinvokeimpl(${quotedString(module)} as ${quotedString(name)} ${pinvokeFlagWords(ImplMap.get(row, 'MappingFlags'))}) `;
}

function valueText({ metadata, namedBy }: Disassembly, token: FieldToken): string {
  if (!namedBy.constant.has(token)) return '';
  const constant = constantOf(metadata, token);
  return constant === undefined ? '' : ` = ${constantText(constant)}`;
}

function dataText(disassembly: Disassembly, token: FieldToken, labels: DataLabels): string {
  const label = labels.labelOf(token);
  if (label === undefined && disassembly.metadata.findFieldRva(token) !== undefined) {
    limitation(disassembly, token, `The data of the field ${token.toString(16)} cannot be read`);
  }
  return label === undefined ? '' : ` at ${label}`;
}
