import type { ChalkInstance } from 'chalk';

/** What a line of IL text is made of (ECMA-335 II.5): a comment, a string, a label, a directive, an instruction after its label. */
const PART =
  /(\/\/.*$)|("(?:[^"\\]|\\.)*")|('(?:[^'\\]|\\.)*')|(?<![\w$@?`])(IL_[0-9a-f]+)(:?)(\s+(?!\/)[a-z][a-z0-9.]*)?|(?<![\w$@?`.:])(\.[a-z]+)\b/g;

/** Colours a line of IL text. */
export function colouredIL(line: string, style: ChalkInstance): string {
  return line.replaceAll(PART, (all, comment, text, name, label, colon, opcode, directive) => {
    if (comment !== undefined) return style.dim(all);
    if (text !== undefined) return style.green(all);
    if (name !== undefined) return all;
    if (directive !== undefined) return style.cyan(all);
    return `${style.dim(label + colon)}${opcode === undefined ? '' : colon === ':' ? style.yellow(opcode) : opcode}`;
  });
}
