import { AttributeDecoder, attributeArgumentsText, type Token, TokenText } from '@ijw/metadata';
import { attempt, type Disassembly } from './disassembly.ts';

export interface CustomAttributePlace {
  /** Writes what stands in parentheses, where the assembler attaches nothing by position. */
  readonly owner?: () => void;
  /** Writes the directive that stands before each attribute. */
  readonly before?: () => void;
}

/** `.custom` for each attribute of a row. */
export function writeCustomAttributes(disassembly: Disassembly, parent: Token, place: CustomAttributePlace = {}): void {
  const { metadata, namedBy, options } = disassembly;
  if (options.customAttributes === 'none' || !namedBy.customAttribute.has(parent)) return;
  for (const rid of metadata.customAttributesOf(parent))
    attempt(disassembly, 0x0c000000 | rid, () => writeCustomAttribute(disassembly, rid, place));
}

function writeCustomAttribute(disassembly: Disassembly, rid: number, { owner, before }: CustomAttributePlace): void {
  const { metadata, references, sink, options } = disassembly;
  const { CustomAttribute } = metadata.tables;
  const constructorText = references.method(CustomAttribute.column('Type').token(rid));
  const blob = CustomAttribute.get(rid, 'Value');
  before?.();
  sink.start().text('.custom ');
  if (owner !== undefined) {
    sink.text('(');
    owner();
    sink.text(') ');
  }
  references.write(sink, constructorText);
  if (blob !== 0) sink.text(' = ( ').hexBytes(metadata.blobs.get(blob)).text(' )');
  sink.end();
  if (options.customAttributes === 'verbal') {
    sink.line(`// ${attributeArgumentsText(new AttributeDecoder(metadata), rid, new TokenText(metadata))}`);
  }
}
