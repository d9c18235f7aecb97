import { UsageError } from '@ijw/binary';
import type { OptionValues } from './command.ts';
import { didYouMean } from './suggestions.ts';

/** An option whose values are lists of words, such as `--kind type,method`. */
export interface WordOption<Word extends string> {
  /** As `OptionValues` names it. */
  readonly name: string;
  readonly words: readonly Word[];
  /** What a word is, and what several are, to complete a message: `a kind`, `kinds`. */
  readonly one: string;
  readonly several: string;
}

/** The words that an option was given, in every one of its lists; none without the option. @throws UsageError for a word that it does not have */
export function optionWords<Word extends string>(options: OptionValues, { name, words, one, several }: WordOption<Word>): readonly Word[] {
  const value = options[name];
  const given = Array.isArray(value) ? (value as readonly string[]).flatMap((list) => list.split(',')) : [];
  return given.map((text) => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    throw new UsageError(`--${name}: "${text}" is not ${one}${didYouMean(text, words)}; the ${several} are ${words.join(', ')}`);
  });
}
