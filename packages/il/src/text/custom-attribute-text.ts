import { AttributeDecoder, attributeArgumentsText, type Token, TokenText } from '@ijw/metadata';
import { attempt, type Disassembly } from './disassembly.ts';

/** `.custom` for each attribute of a row. @param owner written in parentheses where the assembler attaches nothing by position */
export function writeCustomAttributes(disassembly: Disassembly, parent: Token, owner = ''): void {
  const { metadata, options } = disassembly;
  if (options.customAttributes === 'none') return;
  for (const rid of metadata.customAttributesOf(parent))
    attempt(disassembly, 0x0c000000 | rid, () => writeCustomAttribute(disassembly, rid, owner));
}

function writeCustomAttribute(disassembly: Disassembly, rid: number, owner: string): void {
  const { metadata, references, sink, options } = disassembly;
  const { CustomAttribute } = metadata.tables;
  const method = references.method(CustomAttribute.column('Type').token(rid));
  const blob = CustomAttribute.get(rid, 'Value');
  sink.start().text('.custom ');
  if (owner !== '') sink.text(`(${owner}) `);
  sink.text(method);
  if (blob !== 0) sink.text(' = ( ').hexBytes(metadata.blobs.get(blob)).text(' )');
  sink.end();
  if (options.customAttributes === 'verbal') {
    sink.line(`// ${attributeArgumentsText(new AttributeDecoder(metadata), rid, new TokenText(metadata))}`);
  }
}
