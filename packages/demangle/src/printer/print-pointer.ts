import type { FunctionType, PointerType, Qualifiers } from '../tree.ts';
import { printConvention, printFunctionAfter, printReturnBefore } from './print-function.ts';
import { printQualifiedName } from './print-name.ts';
import { isEnclosed, printTypeAfter, printTypeBefore } from './print-type.ts';
import type { TextWriter } from './text-writer.ts';

/** What is pointed to, and the symbol with its qualifiers; `(` opens before pointers to functions and arrays. */
export function printPointerBefore(writer: TextWriter, type: PointerType): void {
  const { target } = type;
  if (target.kind === 'function') printReturnBefore(writer, target);
  else printTypeBefore(writer, target);
  printSpaceBefore(writer, type);
  if (type.qualifiers.unaligned && writer.parts.msKeywords) writer.write(`${writer.keyword('__unaligned')} `);
  if (isEnclosed(type)) writer.write('(');
  if (target.kind === 'function') printPointedConvention(writer, target, type.memberOf !== undefined);
  if (type.memberOf) {
    printQualifiedName(writer, type.memberOf);
    writer.write('::');
  }
  writer.write(type.symbol);
  if (writer.style === 'undname') printOwnAsMicrosoft(writer, type);
  else printOwn(writer, type);
}

function printSpaceBefore(writer: TextWriter, type: PointerType): void {
  const { target } = type;
  if (writer.style === 'llvm') {
    writer.space(type.qualifiers.unaligned && writer.parts.msKeywords ? 'word' : 'symbol');
    return;
  }
  if (writer.style === 'short') {
    if (isEnclosed(type) || (type.memberOf && target.kind !== 'function')) writer.space();
    return;
  }
  // Microsoft joins a pointer to a pointer to a function, but parts everything else.
  const joined = target.kind === 'pointer' && target.target.kind === 'function';
  if (!joined && !writer.endsWith(' ')) writer.write(' ');
}

/** LLVM and profilers put the convention apart from the symbol; Microsoft does so before a class only. */
function printPointedConvention(writer: TextWriter, target: FunctionType, member: boolean): void {
  if (!printConvention(writer, target)) return;
  if (writer.style !== 'undname' || member || target.based) writer.write(' ');
}

function printOwn(writer: TextWriter, type: PointerType): void {
  const { qualifiers } = type;
  const words = qualifierWords(writer, qualifiers);
  if (words.length > 0) writer.write(writer.style === 'short' ? ` ${words.join(' ')}` : words.join(' '));
  if (type.authentication) writer.write(`__ptrauth(${type.authentication.join(', ')})`);
}

function qualifierWords(writer: TextWriter, qualifiers: Qualifiers): string[] {
  const words: string[] = [];
  if (qualifiers.const) words.push('const');
  if (qualifiers.volatile) words.push('volatile');
  if (!writer.parts.msKeywords) return words;
  if (qualifiers.restrict) words.push(writer.keyword('__restrict'));
  if (qualifiers.pointer64 && writer.parts.pointer64) words.push(writer.keyword('__ptr64'));
  return words;
}

/** Microsoft's order is `__ptr64`, `__restrict`, `const`, `volatile`; to the star of a function pointer the first of the last two is joined. */
function printOwnAsMicrosoft(writer: TextWriter, type: PointerType): void {
  const { qualifiers } = type;
  if (type.target.kind === 'function') {
    const words = [qualifiers.const && 'const', qualifiers.volatile && 'volatile'].filter(Boolean);
    writer.write(words.join(' '));
    printPointerMarks(writer, qualifiers);
    return;
  }
  printPointerMarks(writer, qualifiers);
  if (qualifiers.const) writer.write(' const');
  if (qualifiers.volatile) writer.write(' volatile');
}

/** `__ptr64` and `__restrict`. */
export function printPointerMarks(writer: TextWriter, qualifiers: Qualifiers): void {
  if (!writer.parts.msKeywords) return;
  if (qualifiers.pointer64 && writer.parts.pointer64) writer.write(` ${writer.keyword('__ptr64')}`);
  if (qualifiers.restrict) writer.write(` ${writer.keyword('__restrict')}`);
}

/** The closing parenthesis, and what follows in the type pointed to. */
export function printPointerAfter(writer: TextWriter, type: PointerType): void {
  if (isEnclosed(type)) writer.write(')');
  if (type.target.kind === 'function') printFunctionAfter(writer, type.target);
  else printTypeAfter(writer, type.target);
}
