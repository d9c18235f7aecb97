import { markers } from '../marked-names.ts';
import { noQualifiers, qualified } from '../qualifiers.ts';
import type { DecoratedSymbol, DecoratedType, FunctionSymbol, TableSymbol, Thunk, VariableSymbol } from '../tree.ts';
import { printConvention, printFunctionAfter, printReturnBefore, printSignatureAfter } from './print-function.ts';
import { printPiece, printQualifiedName } from './print-name.ts';
import { printPointerMarks } from './print-pointer.ts';
import { printQualifiers, printType, printTypeAfter, printTypeBefore, printUnaligned } from './print-type.ts';
import { type Printers, printByKind } from './printers.ts';
import { stringText } from './string-text.ts';
import type { TextWriter } from './text-writer.ts';

type Symbol<K extends DecoratedSymbol['kind']> = Extract<DecoratedSymbol, { kind: K }>;

const printers: Printers<DecoratedSymbol> = {
  function: printFunction,
  variable: printVariable,
  table: printTable,
  stringLiteral: (writer, symbol) => writer.write(writer.style === 'llvm' ? stringText(symbol) : "`string'"),
  name: printNamed,
  vcall: printVcall,
  hashed: (writer, symbol) => writer.write(symbol.text),
  typeInfoName: printTypeInfoName,
  type: (writer, symbol) => printType(writer, symbol.type),
  marked: (writer, symbol) => {
    if (writer.parts.memberKind) writer.write(markers[symbol.marker] ?? '');
    printSymbol(writer, symbol.symbol);
  },
  metadataData: (writer, symbol) => {
    if (writer.parts.variableType) printDeclared(writer, symbol.type, () => writer.write(symbol.name));
    else writer.write(symbol.name);
  },
  metadataConversion: (writer, symbol) => {
    writer.write(`${symbol.scope}::`);
    printPiece(writer, { kind: 'conversion', target: symbol.target });
  },
  throwInfo: printThrowInfo,
  catchableTypeArray: (writer, symbol) => printDeclared(writer, symbol.type, () => writer.write("`CatchableTypeArray'")),
  catchableType: (writer, symbol) => printDeclared(writer, symbol.type, () => writer.write("`CatchableType'")),
  cFunction: (writer, symbol) => writer.write(symbol.decorated),
};

export function printSymbol(writer: TextWriter, symbol: DecoratedSymbol): void {
  printByKind(printers, writer, symbol);
}

function printFunction(writer: TextWriter, symbol: FunctionSymbol): void {
  // A function named after a symbol is its stand-in: Microsoft writes the symbol alone.
  if (symbol.name.name.kind === 'nestedSymbol') {
    printSymbol(writer, symbol.name.name.symbol);
    return;
  }
  const { parts, style } = writer;
  if (symbol.thunk && parts.memberKind) writer.write(style === 'undname' ? '[thunk]:' : '[thunk]: ');
  // Microsoft leaves extern "C" out where it has no signature to write.
  const externC = symbol.externC && parts.memberKind && (style !== 'undname' || symbol.type) ? 'extern "C" ' : '';
  if (style === 'undname') writer.write(externC);
  if (symbol.access && parts.access) writer.write(`${symbol.access}: `);
  if (symbol.static && parts.memberKind) writer.write('static ');
  if (symbol.virtual && parts.memberKind) writer.write('virtual ');
  if (style !== 'undname') writer.write(externC);
  const { type } = symbol;
  const withReturn = parts.returnType && !(style === 'undname' && isConversion(symbol));
  if (type && withReturn) printReturnBefore(writer, type);
  if (type && printConvention(writer, type) && !writer.endsWith(' ')) writer.write(' ');
  printQualifiedName(writer, symbol.name);
  if (symbol.thunk && parts.memberKind) printThunk(writer, symbol.thunk);
  if (type) printSignatureAfter(writer, type, withReturn);
}

/** Microsoft writes the type of a conversion once, in its name. */
function isConversion({ name: { name } }: FunctionSymbol): boolean {
  return name.kind === 'conversion' || (name.kind === 'template' && name.base.kind === 'conversion');
}

/** Microsoft writes the displacement before a virtual base's table without its sign. */
function printThunk(writer: TextWriter, thunk: Thunk): void {
  const microsoft = writer.style === 'undname';
  const int32 = (value: number) => (microsoft ? value >>> 0 : value);
  const numbers: Record<Thunk['kind'], (number | undefined)[]> = {
    adjustor: [],
    vtordisp: thunk.kind === 'vtordisp' ? [int32(thunk.vtordisp)] : [],
    vtordispex: thunk.kind === 'vtordispex' ? [int32(thunk.vbptr), int32(thunk.vboffset), int32(thunk.vtordisp)] : [],
  };
  writer.write(`\`${thunk.kind}{${[...numbers[thunk.kind], thunk.offset].join(writer.separator)}}'`);
  if (microsoft) writer.write(' ');
}

function printVariable(writer: TextWriter, symbol: VariableSymbol): void {
  const { parts } = writer;
  if (symbol.externC && parts.memberKind) writer.write('extern "C" ');
  if (symbol.access && parts.access) writer.write(`${symbol.access}: `);
  if (symbol.access && parts.memberKind) writer.write('static ');
  if (!parts.variableType) printQualifiedName(writer, symbol.name);
  else if (writer.style === 'undname') printVariableAsMicrosoft(writer, symbol);
  else printDeclared(writer, declaredType(symbol), () => printQualifiedName(writer, symbol.name));
}

/** For a pointer, what follows the type qualifies the pointer's target once more; for other types it is all there is. */
function declaredType({ type, storage }: VariableSymbol): DecoratedType {
  if (type.kind !== 'pointer') return { ...type, qualifiers: storage };
  const { const: isConst, volatile, restrict, unaligned, pointer64 } = storage;
  const target = qualified(type.target, { const: isConst, volatile, restrict: false, unaligned: false, pointer64: false });
  return qualified({ ...type, target }, { const: false, volatile: false, restrict, unaligned, pointer64 });
}

/** A type, a name, and the rest of the type. */
function printDeclared(writer: TextWriter, type: DecoratedType, printName: () => void): void {
  printTypeBefore(writer, type);
  if (writer.style === 'undname') writer.write(' ');
  else writer.space();
  printName();
  printTypeAfter(writer, type);
}

/** Microsoft takes what follows a pointer's type for the pointer's own qualifiers. */
function printVariableAsMicrosoft(writer: TextWriter, { type, storage, name }: VariableSymbol): void {
  const own = type.kind === 'pointer' ? { ...type, qualifiers: { ...type.qualifiers, const: false, volatile: false } } : type;
  printTypeBefore(writer, own);
  if (own.kind === 'pointer' && own.target.kind === 'function' && (storage.const || storage.volatile)) {
    writer.write(storage.const ? 'const' : 'volatile');
    if (storage.const && storage.volatile) writer.write(' volatile');
  } else {
    printQualifiers(writer, storage);
    printUnaligned(writer, storage);
  }
  printPointerMarks(writer, storage);
  writer.write(' ');
  printQualifiedName(writer, name);
  printTypeAfter(writer, own);
}

function printTable(writer: TextWriter, { storage, name, targets }: TableSymbol): void {
  if (writer.parts.variableType) {
    if (storage.const) writer.write('const ');
    if (storage.volatile) writer.write('volatile ');
  }
  printQualifiedName(writer, name);
  if (targets.length === 0) return;
  writer.write('{for `');
  targets.forEach((target, index) => {
    if (index > 0) writer.write("'s `");
    printQualifiedName(writer, target);
  });
  writer.write("'}");
}

function printNamed(writer: TextWriter, { name }: Symbol<'name'>): void {
  const piece = name.name;
  if (piece.kind === 'nestedSymbol') printSymbol(writer, piece.symbol);
  else if (piece.kind === 'typeDescriptor' && writer.style === 'llvm')
    printDeclared(writer, piece.type, () => writer.write("`RTTI Type Descriptor'"));
  else printQualifiedName(writer, name);
}

function printVcall(writer: TextWriter, { name, offset, convention }: Symbol<'vcall'>): void {
  if (writer.parts.memberKind) writer.write('[thunk]: ');
  if (writer.parts.callingConvention && writer.parts.msKeywords && convention !== '') writer.write(`${writer.keyword(convention)} `);
  printQualifiedName(writer, name);
  writer.write(`{${offset}${writer.separator}{flat}}`);
  // Microsoft closes a quotation that the name already closed.
  if (writer.style === 'undname') writer.write("' }'");
}

/** The marks of a pointer are those of what it points to: handlers are found by the pointer without them. */
function printThrowInfo(writer: TextWriter, { type, ...marks }: Symbol<'throwInfo'>): void {
  const own = { ...noQualifiers, const: marks.const, volatile: marks.volatile, unaligned: marks.unaligned };
  const marked = type.kind === 'pointer' ? { ...type, target: qualified(type.target, own) } : qualified(type, own);
  printDeclared(writer, marked, () => writer.write("`ThrowInfo'"));
}

function printTypeInfoName(writer: TextWriter, { type }: Symbol<'typeInfoName'>): void {
  if (writer.style !== 'llvm') printType(writer, type);
  else if (type.kind === 'function') {
    printReturnBefore(writer, type);
    if (printConvention(writer, type)) writer.write(' ');
    writer.write("`RTTI Type Descriptor Name'");
    printFunctionAfter(writer, type);
  } else printDeclared(writer, type, () => writer.write("`RTTI Type Descriptor Name'"));
}
