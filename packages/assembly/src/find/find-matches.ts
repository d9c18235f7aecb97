import { findAttributes } from './find-attributes.ts';
import { constantTest, findConstants } from './find-constants.ts';
import { findNames } from './find-names.ts';
import { findStrings } from './find-strings.ts';
import type { FoundMatch, MatchKind, SearchedContent } from './found-match.ts';
import { textPattern } from './text-pattern.ts';

/** The kinds that are searched where none is asked for: what a module defines, and its imports, exports and resources. */
export const usualKinds: readonly MatchKind[] = ['type', 'method', 'field', 'property', 'event', 'resource', 'import', 'export'];

/**
 * A search for what a user typed. A word is found in simple names, `Ns.Type` and `Type::Name` in full ones; `*` and `?` stand for any text and any character, and
 * `/…/` is a regular expression. Strings, constants and attributes are searched if their kinds are asked for.
 * @throws UsageError for a pattern that cannot be compiled
 */
export function findMatches(typed: string, kinds: readonly MatchKind[] = usualKinds): (content: SearchedContent) => Generator<FoundMatch> {
  const pattern = textPattern(typed);
  const isConstant = constantTest(typed, pattern);
  const wanted = new Set(kinds);
  return function* (content) {
    yield* findNames(content, pattern, wanted);
    if (wanted.has('string')) yield* findStrings(content, pattern);
    if (wanted.has('constant')) yield* findConstants(content, isConstant);
    if (wanted.has('attribute')) yield* findAttributes(content, pattern);
  };
}
