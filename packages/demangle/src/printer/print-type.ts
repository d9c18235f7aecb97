import type { DecoratedType, PointerType, Qualifiers } from '../tree.ts';
import { printFunctionAfter, printFunctionBefore } from './print-function.ts';
import { printPiece, printQualifiedName } from './print-name.ts';
import { printPointerAfter, printPointerBefore } from './print-pointer.ts';
import type { TextWriter } from './text-writer.ts';

/** A type that declares nothing. */
export function printType(writer: TextWriter, type: DecoratedType): void {
  printTypeBefore(writer, type);
  // Microsoft parts the dimensions from where a name would be.
  if (writer.style === 'undname' && type.kind === 'array' && type.dimensions[0] !== 0n) writer.write(' ');
  printTypeAfter(writer, type);
}

/** Profilers name 64-bit integers as C does. */
const shortNames: Readonly<Record<string, string>> = { __int64: 'int64_t', 'unsigned __int64': 'uint64_t' };

/** The part of a type that precedes the declared name. */
export function printTypeBefore(writer: TextWriter, type: DecoratedType): void {
  writer.nested(() => printBefore(writer, type));
}

function printBefore(writer: TextWriter, type: DecoratedType): void {
  switch (type.kind) {
    case 'pointer':
      printPointerBefore(writer, type);
      return;
    case 'function':
      printFunctionBefore(writer, type);
      return;
    case 'primitive':
      writer.write((writer.style === 'short' ? shortNames[type.name] : undefined) ?? type.name);
      break;
    case 'tag':
      if (writer.parts.tagKeywords) writer.write(type.underlying ? `${type.tag} ${type.underlying} ` : `${type.tag} `);
      printQualifiedName(writer, type.name);
      break;
    case 'array':
      printTypeBefore(writer, type.element);
      break;
    case 'managedArray':
      printManagedArray(writer, type.element, type.rank);
      break;
    case 'pinnedPointer':
      writer.write('cli::pin_ptr<');
      printType(writer, type.target);
      if (writer.style !== 'llvm' && writer.endsWith('>')) writer.write(' ');
      writer.write('>');
      break;
    case 'custom':
      printPiece(writer, type.name);
      break;
    case 'templateParameter':
      writer.write(type.text);
  }
  printQualifiers(writer, type.qualifiers);
  printUnaligned(writer, type.qualifiers);
}

/** `__unaligned` of a type that is not a pointer. */
export function printUnaligned(writer: TextWriter, qualifiers: Qualifiers): void {
  if (qualifiers.unaligned && writer.parts.msKeywords) writer.write(` ${writer.keyword('__unaligned')}`);
}

/** Microsoft's spelling: a space, then the rank if it is not 1. */
function printManagedArray(writer: TextWriter, element: DecoratedType, rank: number): void {
  writer.write('cli::array<');
  printType(writer, element);
  if (writer.style !== 'short') writer.write(' ');
  if (rank > 1) writer.write(`,${rank}`);
  writer.write('>^');
}

/** Qualifiers after a type, each after a space. */
export function printQualifiers(writer: TextWriter, qualifiers: Qualifiers): void {
  if (qualifiers.const) writer.write(' const');
  if (qualifiers.volatile) writer.write(' volatile');
  if (qualifiers.based && writer.parts.msKeywords) {
    writer.write(` ${writer.keyword('__based')}(`);
    if (qualifiers.based.pointer) printQualifiedName(writer, qualifiers.based.pointer);
    else writer.write('void');
    writer.write(writer.style === 'llvm' ? ') ' : ')');
  }
}

/** The part of a type that stands after what it declares. */
export function printTypeAfter(writer: TextWriter, type: DecoratedType): void {
  writer.nested(() => {
    if (type.kind === 'pointer') printPointerAfter(writer, type);
    else if (type.kind === 'function') printFunctionAfter(writer, type);
    else if (type.kind === 'array') {
      for (const dimension of type.dimensions) writer.write(dimension === 0n ? '[]' : `[${dimension}]`);
      printTypeAfter(writer, type.element);
    }
  });
}

/** Whether a pointer's symbol stands in parentheses. */
export function isEnclosed(type: PointerType): boolean {
  return type.target.kind === 'function' || type.target.kind === 'array';
}
