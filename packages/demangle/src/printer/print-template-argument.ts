import type { NamePiece, TemplateArgument } from '../tree.ts';
import { printPiece, printQualifiedName } from './print-name.ts';
import { printSymbol } from './print-symbol.ts';
import { printType } from './print-type.ts';
import { type Printers, printByKind } from './printers.ts';
import type { TextWriter } from './text-writer.ts';

type Argument<K extends TemplateArgument['kind']> = Extract<TemplateArgument, { kind: K }>;

const printers: Printers<TemplateArgument> = {
  type: (writer, argument) => {
    printType(writer, argument.type);
    const { const: isConst, volatile } = argument.type.qualifiers;
    // Microsoft leaves the space that would part a qualified type from its declarator.
    if (writer.style === 'undname' && argument.type.kind !== 'pointer' && (isConst || volatile)) writer.write(' ');
  },
  template: (writer, argument) => printQualifiedName(writer, argument.name),
  integer: (writer, argument) => writer.write(`${argument.value}`),
  float: (writer, argument) => writer.write(argument.text),
  symbol: printSymbolArgument,
  offsets: (writer, argument) => {
    writer.write('{');
    writer.list(argument.offsets, (_, offset) => writer.write(`${offset}`));
    writer.write('}');
  },
  object: (writer, argument) => {
    printType(writer, argument.type);
    printValues(writer, argument.values, argument.member);
  },
  elements: (writer, argument) => printValues(writer, argument.values),
  subobject: (writer, argument) => {
    if (!argument.reference) writer.write('&');
    printTemplateArgument(writer, argument.object);
    for (const member of argument.members) {
      writer.write('.');
      printPiece(writer, member);
    }
  },
  parameter: (writer, argument) => writer.write(argument.text),
};

export function printTemplateArgument(writer: TextWriter, argument: TemplateArgument): void {
  printByKind(printers, writer, argument);
}

/** `&symbol`, `symbol` for a reference, `{symbol, offsets}` for members of classes with several bases. */
function printSymbolArgument(writer: TextWriter, argument: Argument<'symbol'>): void {
  const braces = argument.offsets.length > 0;
  if (braces) writer.write('{');
  else if (!argument.reference) writer.write('&');
  if (argument.symbol) printSymbol(writer, argument.symbol);
  if (braces && argument.symbol) writer.write(writer.separator);
  writer.list(argument.offsets, (_, offset) => writer.write(`${offset}`));
  if (braces) writer.write('}');
}

function printValues(writer: TextWriter, values: readonly TemplateArgument[], member?: NamePiece): void {
  writer.write('{');
  if (member) {
    writer.write('.');
    printPiece(writer, member);
    writer.write(' = ');
  }
  writer.list(values, printTemplateArgument);
  writer.write('}');
}
