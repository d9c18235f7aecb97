import { UsageError } from '@ijw/binary';
import { hasWildcard, isLike } from '../members/name-pattern.ts';

/** A test of texts, and whether the pattern is about full names (`Ns.Type::Name`) or about simple ones. */
export interface TextPattern {
  readonly ofFullNames: boolean;
  test(text: string): boolean;
}

const REGEX = /^\/(.+)\/([imsu]*)$/s;

/** Longer texts are tested by their start: a regular expression may take quadratic time. */
const MOST_CHARACTERS = 0x10000;

/** A name with a dot, `::` or `/` in it is a full one; `..ctor` and `.ctor` are simple. */
const isFullName = (text: string): boolean => text.includes('::') || /[^.*?][./]|^\*\./.test(text);

/**
 * A pattern as it is typed: `/expression/flags`; a text with `*` and `?`, which must fit the whole; or a text that is contained. Case counts in expressions without `i` only.
 * @throws UsageError for an expression that cannot be compiled
 */
export function textPattern(typed: string): TextPattern {
  const [, source, flags] = REGEX.exec(typed) ?? [];
  if (source !== undefined) return expression(source, flags ?? '');
  const wanted = typed.toLowerCase();
  const ofFullNames = isFullName(typed);
  if (hasWildcard(typed)) return { ofFullNames, test: (text) => isLike(text.toLowerCase(), wanted) };
  return { ofFullNames, test: (text) => text.toLowerCase().includes(wanted) };
}

function expression(source: string, flags: string): TextPattern {
  try {
    const compiled = new RegExp(source, flags);
    return { ofFullNames: source.includes('::'), test: (text) => compiled.test(text.slice(0, MOST_CHARACTERS)) };
  } catch (error) {
    throw new UsageError(`/${source}/${flags} is not a regular expression: ${error instanceof Error ? error.message : String(error)}`);
  }
}
