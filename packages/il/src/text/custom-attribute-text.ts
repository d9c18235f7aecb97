import { type BadImageError, hex, lazyFor } from '@ijw/binary';
import type { Metadata, Token } from '@ijw/metadata';
import { attributeDecoderOf } from '@ijw/metadata/attributes';
import { attributeText, TokenText } from '@ijw/metadata/canonical';
import { attempt, type Disassembly } from './disassembly.ts';

export interface CustomAttributePlace {
  /** Writes the owner in parentheses, where the assembler does not attach attributes by position. */
  readonly owner?: () => void;
  /** Only a comment: the assembler has no place for it. */
  readonly comment?: boolean;
  /** Writes the directive that precedes each attribute. */
  readonly before?: () => void;
}

/** `.custom` for each attribute of a row. */
export function writeCustomAttributes(disassembly: Disassembly, parent: Token, place: CustomAttributePlace = {}): void {
  const { metadata, namedBy, options } = disassembly;
  if (options.customAttributes === 'none' || !namedBy.customAttribute.has(parent)) return;
  for (const rid of metadata.customAttributesOf(parent))
    attempt(disassembly, 0x0c000000 | rid, () => writeCustomAttribute(disassembly, rid, place));
}

/** `.custom` for one row. @throws BadImageError */
export function writeCustomAttribute(disassembly: Disassembly, rid: number, { owner, comment, before }: CustomAttributePlace): void {
  const { metadata, references, sink, options } = disassembly;
  const { CustomAttribute } = metadata.tables;
  disassembly.writtenAttributes[rid] = 1;
  const constructorText = references.method(CustomAttribute.column('Type').token(rid));
  const blob = CustomAttribute.get(rid, 'Value');
  const { blobs } = metadata;
  const length = blobs.open(blob);
  const start = blobs.start(blob);
  before?.();
  sink.start().text(comment ? '// .custom ' : '.custom ');
  if (owner !== undefined) {
    sink.text('(');
    owner();
    sink.text(') ');
  }
  references.write(sink, constructorText);
  if (blob !== 0)
    sink
      .text(' = ( ')
      .hexBytes(blobs.bytes, start, start + length)
      .text(' )');
  sink.end();
  if (options.customAttributes === 'verbal') {
    sink.comment(` ${verbalText(disassembly, rid)}`);
  }
}

/** The names of one metadata: every attribute needs some of them. */
const tokenTexts = lazyFor((metadata: Metadata) => new TokenText(metadata));

/** The arguments in words, or the error of the blob. */
function verbalText({ diagnostics, metadata }: Disassembly, rid: number): string {
  try {
    return attributeText(attributeDecoderOf(metadata), rid, tokenTexts(metadata));
  } catch (error) {
    diagnostics.record(error, 'error', 0x0c000000 | rid);
    const { code, offset, message } = error as BadImageError;
    return `@error ${code} at ${hex(offset)}: ${message}`;
  }
}
