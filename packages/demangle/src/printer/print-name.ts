import { specialNames } from '../special-names.ts';
import type { NamePiece, QualifiedName } from '../tree.ts';
import { printSymbol } from './print-symbol.ts';
import { printTemplateArgument } from './print-template-argument.ts';
import { printType } from './print-type.ts';
import { type Printers, printByKind } from './printers.ts';
import type { TextWriter } from './text-writer.ts';

/** A name with its scopes. */
export function printQualifiedName(writer: TextWriter, name: QualifiedName): void {
  const { scopes, name: piece } = name;
  if (piece.kind === 'initializer' && writer.style !== 'undname') {
    // Microsoft writes the variable's scopes before the words, the others inside the quotes.
    printInitializer(writer, piece.destructor, () => printQualifiedName(writer, { scopes, name: piece.variable }));
    return;
  }
  for (const scope of scopes) {
    printPiece(writer, scope);
    writer.write('::');
  }
  printPiece(writer, piece, scopes.at(-1));
}

/** One part of a name; `enclosing` is the class that constructors and destructors are named after. */
export function printPiece(writer: TextWriter, piece: NamePiece, enclosing?: NamePiece): void {
  printByKind(printers, writer, piece, enclosing);
}

type Piece<K extends NamePiece['kind']> = Extract<NamePiece, { kind: K }>;

const printers: Printers<NamePiece, [enclosing: NamePiece | undefined]> = {
  identifier: (writer, piece) => writer.write(piece.text),
  template: printTemplate,
  anonymousNamespace: (writer) => writer.write("`anonymous namespace'"),
  interface: (writer, piece) => {
    writer.write('[');
    printQualifiedName(writer, piece.name);
    writer.write(']');
  },
  localScope: (writer, piece) => {
    writer.write('`');
    printSymbol(writer, piece.symbol);
    writer.write(`'::\`${piece.number}'`);
  },
  numberedScope: (writer, piece) => writer.write(`\`${piece.number}'`),
  constructor: (writer, _piece, enclosing) => enclosing && printPiece(writer, enclosing),
  destructor: (writer, piece, enclosing) => {
    const owner = piece.of ?? enclosing;
    writer.write('~');
    if (owner) printPiece(writer, owner);
  },
  conversion: (writer, piece) => {
    writer.write('operator');
    printConversionTarget(writer, piece);
  },
  literalOperator: (writer, piece) => writer.write(`operator ""${writer.style === 'undname' ? ' ' : ''}${piece.suffix}`),
  special: (writer, piece) => {
    writer.write(specialText(writer, piece.code));
    if (piece.of) printPiece(writer, piece.of);
  },
  initializer: (writer, piece) => printInitializer(writer, piece.destructor, () => printPiece(writer, piece.variable)),
  symbolInitializer: (writer, piece) =>
    printInitializer(writer, piece.destructor, () => printSymbol(writer, piece.symbol), piece.symbol.kind === 'variable'),
  guard: (writer, piece) => {
    writer.write(piece.thread ? "`local static thread guard'" : "`local static guard'");
    if (piece.index > 0) writer.write(writer.style === 'undname' ? `{${piece.index}}'` : `{${piece.index}}`);
  },
  typeDescriptor: (writer, piece) => {
    printType(writer, piece.type);
    writer.write(writer.style === 'short' ? "::`RTTI Type Descriptor'" : " `RTTI Type Descriptor'");
  },
  baseClassDescriptor: (writer, piece) => writer.write(`\`RTTI Base Class Descriptor at (${piece.offsets.join(writer.separator)})'`),
  templateObject: (writer, piece) => {
    writer.write('`template-parameter object for ');
    printTemplateArgument(writer, piece.value);
    writer.write("'");
  },
  nestedSymbol: (writer, piece) => printSymbol(writer, piece.symbol),
};

function printConversionTarget(writer: TextWriter, piece: Piece<'conversion'>): void {
  if (piece.target === undefined) return;
  writer.write(' ');
  printType(writer, piece.target);
}

/** The arguments of a conversion operator precede its type. */
function printTemplate(writer: TextWriter, piece: Piece<'template'>, enclosing: NamePiece | undefined): void {
  if (piece.base.kind === 'conversion') writer.write('operator');
  else printPiece(writer, piece.base, enclosing);
  writer.write('<');
  writer.list(piece.arguments, printTemplateArgument);
  if (writer.style !== 'llvm' && writer.endsWith('>')) writer.write(' ');
  writer.write('>');
  if (piece.base.kind === 'conversion') printConversionTarget(writer, piece.base);
}

function specialText(writer: TextWriter, code: string): string {
  const name = specialNames[code];
  return (writer.style === 'llvm' ? name?.llvm : undefined) ?? name?.undname ?? '';
}

/** LLVM quotes a variable that it knows the type of like a scope. */
function printInitializer(writer: TextWriter, destructor: boolean, printVariable: () => void, typed = false): void {
  writer.write(destructor ? '`dynamic atexit destructor for ' : '`dynamic initializer for ');
  writer.write(typed && writer.style === 'llvm' ? '`' : "'");
  printVariable();
  writer.write("''");
}
