const SPACE = / /;

/** Punctuation within names that a line may end with; `::` is one. */
const PUNCTUATION = /[.,:/\\|>)(!-]/;

/** Where a text that is too long is broken: after the last space of the line's second half, else after punctuation there, else after any space, else at the width. */
function breakAt(text: string, width: number): number {
  const space = text.lastIndexOf(' ', width);
  if (space > width / 2) return space;
  for (let index = width; index > width / 2; index--) {
    const [last = '', next] = [text[index - 1], text[index]];
    if (PUNCTUATION.test(last) && !(last === ':' && next === ':')) return index;
  }
  return space > 0 ? space : width;
}

/** A text as lines of at most `width` characters, broken at words. */
export function foldedText(text: string, width: number): readonly string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const end = breakAt(rest, width);
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? lines : [...lines, rest];
}

const ESCAPE = '\u001b';

/** Offsets of the characters that a terminal shows: colours (ECMA-48 SGR) have no width. */
function shownOffsets(line: string): readonly number[] {
  const offsets: number[] = [];
  for (let index = 0; index < line.length; index++) {
    if (line[index] === ESCAPE) index = Math.max(index, line.indexOf('m', index));
    else offsets.push(index);
  }
  return offsets;
}

/** Characters of a line that a terminal shows. */
export const shownWidth = (line: string): number => (line.includes(ESCAPE) ? shownOffsets(line).length : line.length);

/** Where the lines that continue one begin: under its last column (after two spaces), or a step inside its indentation. */
function hangingIndent(shown: string, width: number): number {
  const start = shown.search(/\S/);
  const gap = shown.slice(0, width).trimEnd().lastIndexOf('  ');
  return gap > start && gap + 2 <= width / 2 ? gap + 2 : Math.min(start + 4, width >> 1);
}

/** A line that is too long for a terminal as several; colours go on across the break. */
export function foldedLine(line: string, width: number): string {
  if (line.length <= width) return line;
  const offsets = shownOffsets(line);
  if (offsets.length <= width) return line;
  const shown = offsets.map((offset) => line[offset]).join('');
  const indent = hangingIndent(shown, width);
  const lines: string[] = [];
  let from = 0;
  while (from < shown.length) {
    const available = from === 0 ? width : width - indent;
    const lead = from === 0 ? indent : 0;
    const rest = shown.slice(from, from + available + 1);
    const isLast = shown.length - from <= available;
    const end = isLast ? shown.length : from + Math.max(lead + 1, breakAt(rest, available));
    lines.push(line.slice(offsets[from] ?? 0, end >= shown.length ? undefined : offsets[end]));
    from = end;
    while (shown[from] !== undefined && SPACE.test(shown[from] ?? '')) from++;
  }
  const [first = '', ...others] = lines;
  const escapes = line.slice(0, offsets[0] ?? 0);
  return [escapes + first, ...others.map((text) => ' '.repeat(indent) + text)].join('\n');
}

/** Longer lines are written as they are: no person reads them. */
const LONGEST = 1 << 16;

/** Writes text a line at a time, each changed; what comes as bytes is text too. `end` writes what is left. */
export class LineWriter {
  readonly #write: (text: string) => void;
  readonly #change: (line: string) => string;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(write: (text: string) => void, change: (line: string) => string) {
    this.#write = write;
    this.#change = change;
  }

  write(chunk: string | Uint8Array): void {
    const text = this.#rest + (typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true }));
    const end = text.lastIndexOf('\n') + 1;
    this.#rest = text.slice(end);
    if (end > 0) this.#write(`${this.#changedLines(text.slice(0, end - 1))}\n`);
    if (this.#rest.length > LONGEST) this.end();
  }

  end(): void {
    if (this.#rest !== '') this.#write(this.#changed(this.#rest));
    this.#rest = '';
  }

  #changedLines(text: string): string {
    return text
      .split('\n')
      .map((line) => this.#changed(line))
      .join('\n');
  }

  #changed(line: string): string {
    return line.length > LONGEST ? line : this.#change(line);
  }
}
