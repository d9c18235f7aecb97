// The memory regions for a linker: the MEMORY command of GNU ld's scripts, and armlink's scatter-loading descriptions.

import { BadImageError } from '@ijw/binary';
import { contains, endOf, type MemoryRegion } from './memory-region.ts';

/** A comment without an end goes as far as the text: looking for the end again from each beginning would cost the square of the text. */
const COMMENTS = /\/\*[\s\S]*?(?:\*\/|(?![\s\S]))|\/\/[^\n]*|^[ \t]*[#;][^\n]*/gm;
const MEMORY = /\bMEMORY\s*\{([^{}]{0,16384})\}/;
const REGION =
  /(?<![\w.$])([\w.$]+)\s*(?:\([^()]*\)\s*)?:\s*(?:ORIGIN|org|o)\s*=\s*([^,=\n]*[^,=\s])\s*,\s*(?:LENGTH|len|l)\s*=\s*([^\n,;}]+?)(?=\s*(?:[\n,;}]|$|[\w.$]+\s*(?:\([^()]*\)\s*)?:))/gi;
const ASSIGNMENT = /^[ \t]*(\w+)[ \t]*=[ \t]*([^;{}\n]+);/gm;
/** `ER_FLASH 0x08000000 [attributes] 0x10000 {`; a region at `+offset` follows another and has no place of its own. */
const ARM_REGION = /^[ \t]*([A-Za-z_]\w*)[ \t]+(0x[0-9a-f]+|\d+)((?:[ \t]+[A-Z_]+)*)(?:[ \t]+(0x[0-9a-f]+|\d+))?\s*\{/gim;

export const isScatterFile = (text: string): boolean => {
  const bare = text.replaceAll(COMMENTS, '');
  return MEMORY.test(bare) || bare.search(ARM_REGION) >= 0;
};

/** The regions of a scatter file. @throws BadImageError where the text is not one, or an address is not a number */
export function readScatterFile(text: string, reading = 'a scatter file'): readonly MemoryRegion[] {
  const bare = text.replaceAll(COMMENTS, '');
  const memory = MEMORY.exec(bare)?.[1];
  const regions = memory === undefined ? armRegions(bare) : gnuRegions(bare, memory, reading);
  if (regions.length === 0)
    throw new BadImageError({ code: 'NOT_A_SCATTER_FILE', offset: 0, reading, message: 'It has no memory regions' });
  return regions;
}

/** The execution regions; one without a limit ends with its load region. Load regions if the file has no others. */
function armRegions(text: string): readonly MemoryRegion[] {
  const load: MemoryRegion[] = [];
  const execution: MemoryRegion[] = [];
  let [depth, at] = [0, 0];
  for (const match of text.matchAll(ARM_REGION)) {
    for (; at < match.index; at++) depth += text[at] === '{' ? 1 : text[at] === '}' ? -1 : 0;
    const [, name = '', start = '', , size] = match;
    const region = { name, origin: Number(start), length: size === undefined ? undefined : Number(size) };
    const outer = depth > 0 ? load.at(-1) : undefined;
    if (outer === undefined) load.push(region);
    else if (region.length !== undefined || outer.length === undefined || !contains(outer, region.origin)) execution.push(region);
    else execution.push({ ...region, length: endOf(outer) - region.origin });
  }
  return execution.length > 0 ? execution : load;
}

function gnuRegions(text: string, memory: string, reading: string): readonly MemoryRegion[] {
  const symbols = new Map<string, number>();
  const value = (expression: string): number => {
    const result = evaluate(expression, symbols);
    if (result !== undefined) return result;
    throw new BadImageError({
      code: 'BAD_SCATTER_FILE',
      offset: 0,
      reading,
      message: `"${expression.trim().slice(0, 60)}" is not a number`,
    });
  };
  for (const [, name = '', expression = ''] of text.matchAll(ASSIGNMENT)) {
    const known = evaluate(expression, symbols);
    if (known !== undefined) symbols.set(name, known);
  }
  return [...memory.matchAll(REGION)].map(([, name = '', origin = '', length = '']) => {
    const region = { name, origin: value(origin), length: value(length) };
    symbols.set(`ORIGIN(${name})`, region.origin);
    symbols.set(`LENGTH(${name})`, region.length);
    return region;
  });
}

const SCALE: Readonly<Record<string, number>> = { k: 1024, m: 1024 * 1024 };
const TOKEN = /\s*(0x[0-9a-f]+[km]?|\d+[km]?|(?:ORIGIN|LENGTH)\s*\(\s*\w+\s*\)|\w+|[-+*/()])/iy;

/** The value of an expression of numbers (`0x1000`, `512K`), symbols, parentheses and the four operations; `undefined` for what is more. */
function evaluate(expression: string, symbols: ReadonlyMap<string, number>): number | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const [, token] = TOKEN.exec(expression) ?? [];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens.length > MAXIMUM_TOKENS ? undefined : new Expression(tokens, symbols).value();
}

/** Longer expressions are not evaluated: parentheses nest as deep as there are tokens. */
const MAXIMUM_TOKENS = 200;

class Expression {
  readonly #tokens: readonly string[];
  readonly #symbols: ReadonlyMap<string, number>;
  #next = 0;

  constructor(tokens: readonly string[], symbols: ReadonlyMap<string, number>) {
    this.#tokens = tokens;
    this.#symbols = symbols;
  }

  value(): number | undefined {
    const value = this.#sum();
    return this.#next === this.#tokens.length && Number.isSafeInteger(value) ? value : undefined;
  }

  #sum(): number {
    let value = this.#product();
    for (let operator = this.#accept('+', '-'); operator; operator = this.#accept('+', '-'))
      value += operator === '+' ? this.#product() : -this.#product();
    return value;
  }

  #product(): number {
    let value = this.#operand();
    for (let operator = this.#accept('*', '/'); operator; operator = this.#accept('*', '/'))
      value = operator === '*' ? value * this.#operand() : Math.trunc(value / this.#operand());
    return value;
  }

  /** NaN where an operand is missing: the expression is then refused. */
  #operand(): number {
    if (this.#accept('-')) return -this.#operand();
    if (this.#accept('(')) {
      const value = this.#sum();
      return this.#accept(')') ? value : Number.NaN;
    }
    const token = this.#tokens[this.#next++] ?? '';
    const [, digits, unit] = /^(0x[0-9a-f]+|\d+)([km]?)$/i.exec(token) ?? [];
    if (digits === undefined) return this.#symbols.get(token.replaceAll(/\s/g, '')) ?? Number.NaN;
    return Number(digits) * (SCALE[unit?.toLowerCase() ?? ''] ?? 1);
  }

  #accept(...words: readonly string[]): string | undefined {
    const token = this.#tokens[this.#next];
    if (token === undefined || !words.includes(token)) return undefined;
    this.#next++;
    return token;
  }
}
