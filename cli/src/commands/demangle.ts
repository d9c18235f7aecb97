import { printable } from '@ijw/binary';
import { demangle, isDecorated } from '@ijw/demangle';
import type { CommandContext } from '../command.ts';
import { noteLine } from '../output/error-line.ts';

/** Words of other text that may be names: decorated ones contain no spaces, quotes, commas or brackets but those of C++/CLI's own names. */
const WORD = /[^\s"'`,;()[\]]+/g;

export async function run(context: CommandContext): Promise<number> {
  return context.operands.length > 0 ? demangleNames(context) : filterInput(context);
}

/** Writes one line for each name, in order. A malformed name is printed unchanged, with a note; a name that is not decorated is its own text. */
function demangleNames(context: CommandContext): number {
  const results = context.operands.map((name) => demangle(name));
  if (context.options.json) {
    context.document({ names: results.map(({ decorated, text }) => ({ decorated, text })) });
  } else {
    for (const { text } of results) context.write(`${printable(text)}\n`);
  }
  const failures = results.filter((result) => !result.ok).filter(({ decorated }) => isDecorated(decorated) || decorated.startsWith('?'));
  for (const { decorated, error } of failures) {
    context.io.writeError(noteLine(decorated, `MALFORMED_NAME at character ${error.position}: ${error.message}`));
  }
  return failures.length > 0 ? 1 : 0;
}

/** Standard input with every decorated name in it replaced; with `--json` the names that were found. */
function filterInput(context: CommandContext): number {
  const text = new TextDecoder().decode(context.io.readFile('-'));
  if (context.options.json) {
    const names = [...text.matchAll(WORD)]
      .map(([word]) => word)
      .filter(isDecorated)
      .map((word) => demangle(word));
    context.document({ names: names.map(({ decorated, text: name }) => ({ decorated, text: name })) });
  } else {
    context.write(text.replaceAll(WORD, (word) => (isDecorated(word) ? demangle(word).text : word)));
  }
  return 0;
}
