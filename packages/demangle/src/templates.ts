import type { Cursor } from './cursor.ts';
import { readQualifiedTypeName } from './names.ts';
import { isValueOf, readTemplateConstant } from './template-constants.ts';
import type { TemplateArgument } from './tree.ts';
import { readType } from './types.ts';

/** Marks of empty parameter packs and between packs: they print as nothing. */
const packMarks = ['$$V', '$$$V', '$$Z', '$S'];

/** A template's arguments, closed by `@`. */
export function readTemplateArguments(cursor: Cursor): TemplateArgument[] {
  const list: TemplateArgument[] = [];
  while (!cursor.accept('@')) {
    if (cursor.peek() === '$' && packMarks.some((mark) => cursor.accept(mark))) continue;
    if (cursor.atEnd) cursor.fail('The name ends within template arguments');
    list.push(readArgument(cursor));
  }
  return list;
}

function readArgument(cursor: Cursor): TemplateArgument {
  if (cursor.atDigit) {
    const index = cursor.next('a back reference').charCodeAt(0) - 48;
    return cursor.backReferences.templateArgument(index) ?? cursor.fail(`No argument has the number ${index} yet`, cursor.position - 1);
  }
  const start = cursor.position;
  const argument = cursor.nested(readNewArgument);
  if (cursor.position - start > 1) cursor.backReferences.rememberTemplateArgument(argument);
  return argument;
}

function readNewArgument(cursor: Cursor): TemplateArgument {
  if (cursor.accept('$$Y')) return { kind: 'template', name: readQualifiedTypeName(cursor) };
  if (cursor.accept('$M')) return readDeducedArgument(cursor);
  if (cursor.peek() === '$' && cursor.peek(1) !== '$') {
    cursor.position++;
    return readTemplateConstant(cursor);
  }
  return { kind: 'type', type: readType(cursor) };
}

/** `$M`: the argument of a parameter declared `auto`; its type precedes it and is not printed. */
function readDeducedArgument(cursor: Cursor): TemplateArgument {
  const type = readType(cursor);
  if (isValueOf(type, cursor.peek())) return readTemplateConstant(cursor);
  return { kind: 'type', type: readType(cursor) };
}
