import type { FunctionType } from '../tree.ts';
import { printPointerMarks } from './print-pointer.ts';
import { printQualifiers, printType, printTypeAfter, printTypeBefore } from './print-type.ts';
import type { TextWriter } from './text-writer.ts';

/** The returned type and the calling convention. */
export function printFunctionBefore(writer: TextWriter, type: FunctionType): void {
  printReturnBefore(writer, type);
  if (writer.style !== 'undname') writer.space();
  printConvention(writer, type);
}

/** The beginning of the returned type and, unless Microsoft joins what follows to it, a space. */
export function printReturnBefore(writer: TextWriter, type: FunctionType): void {
  const { returns } = type;
  if (returns === undefined) return;
  printTypeBefore(writer, returns);
  const joined = writer.style === 'undname' && returns.kind === 'pointer' && returns.target.kind === 'function';
  if (!joined) writer.write(' ');
}

/** Whether there was a convention to write. */
export function printConvention(writer: TextWriter, type: FunctionType): boolean {
  if (!writer.parts.callingConvention || !writer.parts.msKeywords || type.convention === '') return false;
  writer.write(writer.keyword(type.convention));
  // LLVM ends its own attributes with a space.
  if (writer.style === 'llvm' && writer.endsWith(')')) writer.write(' ');
  if (type.based) printQualifiers(writer, { ...type.qualifiers, const: false, volatile: false, based: type.based });
  return true;
}

/** Parameters, qualifiers of `this`, exceptions, and the rest of the returned type. */
export function printFunctionAfter(writer: TextWriter, type: FunctionType): void {
  printSignatureAfter(writer, type, true);
}

/** The same for a function that is declared, which may go without its returned type. */
export function printSignatureAfter(writer: TextWriter, type: FunctionType, withReturn: boolean): void {
  if (writer.parts.arguments) printParameters(writer, type);
  if (writer.parts.thisQualifiers && writer.style === 'undname') printThisAsMicrosoft(writer, type);
  else if (writer.parts.thisQualifiers) printThis(writer, type);
  if (writer.parts.exceptions) printExceptions(writer, type);
  if (writer.parts.thisQualifiers && writer.style !== 'undname' && type.referenceQualifier) writer.write(` ${type.referenceQualifier}`);
  if (withReturn && type.returns) printTypeAfter(writer, type.returns);
}

function printParameters(writer: TextWriter, type: FunctionType): void {
  writer.write('(');
  writer.list(type.parameters, printType);
  if (type.variadic) writer.write(type.parameters.length > 0 ? `${writer.separator}...` : '...');
  else if (type.parameters.length === 0 && !type.unspecified) writer.write('void');
  writer.write(')');
}

function printThis(writer: TextWriter, type: FunctionType): void {
  const { qualifiers } = type;
  printQualifiers(writer, qualifiers);
  if (type.tracking) writer.write(' %');
  if (!writer.parts.msKeywords) return;
  if (qualifiers.restrict) writer.write(` ${writer.keyword('__restrict')}`);
  if (qualifiers.unaligned) writer.write(` ${writer.keyword('__unaligned')}`);
  if (qualifiers.pointer64 && writer.parts.pointer64) writer.write(` ${writer.keyword('__ptr64')}`);
}

/** Microsoft joins qualifiers to the parenthesis and ends them with a space that stays where nothing follows. */
function printThisAsMicrosoft(writer: TextWriter, type: FunctionType): void {
  const { qualifiers } = type;
  let words = '';
  if (qualifiers.const) words += 'const ';
  if (qualifiers.volatile) words += 'volatile ';
  if (qualifiers.unaligned && writer.parts.msKeywords) words += `${writer.keyword('__unaligned')} `;
  if (type.tracking) words += '% ';
  const marked = (qualifiers.pointer64 && writer.parts.pointer64) || qualifiers.restrict;
  writer.write(marked && writer.parts.msKeywords ? words.trimEnd() : type.tracking ? words.trimEnd() : words);
  printPointerMarks(writer, qualifiers);
  if (type.referenceQualifier) writer.write(`${type.referenceQualifier} `);
}

function printExceptions(writer: TextWriter, type: FunctionType): void {
  if (type.noexcept) writer.write(' noexcept');
  if (type.throws === undefined) return;
  writer.write(' throw(');
  writer.list(type.throws, printType);
  writer.write(')');
}
