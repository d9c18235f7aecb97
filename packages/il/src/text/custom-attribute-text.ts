import { AttributeDecoder, attributeArgumentsText, type Token, TokenText } from '@ijw/metadata';
import { attempt, type Disassembly } from './disassembly.ts';

export interface CustomAttributePlace {
  /** Written in parentheses where the assembler attaches nothing by position. */
  readonly owner?: string;
  /** A directive that stands before each attribute. */
  readonly before?: string;
}

/** `.custom` for each attribute of a row. */
export function writeCustomAttributes(disassembly: Disassembly, parent: Token, place: CustomAttributePlace = {}): void {
  const { metadata, namedBy, options } = disassembly;
  if (options.customAttributes === 'none' || !namedBy.customAttribute.has(parent)) return;
  for (const rid of metadata.customAttributesOf(parent))
    attempt(disassembly, 0x0c000000 | rid, () => writeCustomAttribute(disassembly, rid, place));
}

function writeCustomAttribute(disassembly: Disassembly, rid: number, { owner, before }: CustomAttributePlace): void {
  const { metadata, instructions, sink, options } = disassembly;
  const { CustomAttribute } = metadata.tables;
  const writeConstructor = instructions.method(CustomAttribute.column('Type').token(rid));
  const blob = CustomAttribute.get(rid, 'Value');
  if (before !== undefined) sink.line(before);
  sink.start().text('.custom ');
  if (owner !== undefined) sink.text(`(${owner}) `);
  writeConstructor(sink);
  if (blob !== 0) sink.text(' = ( ').hexBytes(metadata.blobs.get(blob)).text(' )');
  sink.end();
  if (options.customAttributes === 'verbal') {
    sink.line(`// ${attributeArgumentsText(new AttributeDecoder(metadata), rid, new TokenText(metadata))}`);
  }
}
