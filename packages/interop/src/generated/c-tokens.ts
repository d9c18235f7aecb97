import { BadImageError } from '@ijw/binary';

export interface CToken {
  readonly kind: 'word' | 'number' | 'string' | 'punctuation';
  readonly text: string;
  readonly offset: number;
}

const TOKEN =
  /\s+|\/\/[^\n]*|#[ \t]*(?:error|warning)[^\n]*|(?<word>[A-Za-z_]\w*)|(?<number>\d(?:'?[\w.])*)|(?<string>"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|(?<punctuation>::|->|[^\s\w"'])/y;

/** Where a block comment ends. One without an end is looked for once: a source of nothing but beginnings would cost its square. */
function endOfComment(source: string, offset: number, reading: string): number {
  const end = source.indexOf('*/', offset + 2);
  if (end < 0) throw new BadImageError({ code: 'NOT_C_SOURCE', offset, reading, message: 'A comment has no end' });
  return end + 2;
}

/** The words of a C or C++ source without comments and white space. @throws BadImageError where the text is not C */
export function cTokens(source: string, reading: string): readonly CToken[] {
  // A NUL, or the mark of a byte that was not UTF-8, tells a binary file or another encoding.
  const binary = source.search(/[\0\ufffd]/);
  if (binary >= 0) throw new BadImageError({ code: 'NOT_C_SOURCE', offset: binary, reading, message: 'The file is not text' });
  const tokens: CToken[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const offset = TOKEN.lastIndex;
    if (source.startsWith('/*', offset)) {
      TOKEN.lastIndex = endOfComment(source, offset, reading);
      continue;
    }
    const match = TOKEN.exec(source);
    if (!match)
      throw new BadImageError({
        code: 'NOT_C_SOURCE',
        offset,
        reading,
        message: `"${source.slice(offset, offset + 12)}" is not a token of C`,
      });
    const [kind, text] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (kind !== undefined && text !== undefined) tokens.push({ kind: kind as CToken['kind'], text, offset });
  }
  return tokens;
}
