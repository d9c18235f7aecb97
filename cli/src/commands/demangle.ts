import { demangle } from '@ijw/demangle';
import type { CommandContext } from '../command.ts';
import { jsonDocument } from '../output/json.ts';

/** A decorated C++ name inside other text: `?`, then the characters that Microsoft's decoration uses. */
const DECORATED = /\?[\w?@$.<>]+/g;

export async function run(context: CommandContext): Promise<number> {
  return context.operands.length > 0 ? demangleNames(context) : filterInput(context);
}

function demangleNames(context: CommandContext): number {
  const results = context.operands.map((name) => demangle(name));
  const failures = results.filter((result) => !result.ok);
  if (context.options.json) {
    context.write(jsonDocument({ names: results.map(({ decorated, text }) => ({ decorated, text })) }));
  } else {
    for (const { text } of results) context.write(`${text}\n`);
  }
  for (const { decorated, error } of failures) {
    context.io.writeError(`ijw: ${decorated}: MALFORMED_NAME at character ${error.position}: ${error.message}\n`);
  }
  return failures.length > 0 ? 1 : 0;
}

/** Standard input with every decorated name in it replaced; with `--json` the names that were found. */
function filterInput(context: CommandContext): number {
  const text = new TextDecoder().decode(context.io.readFile('-'));
  if (context.options.json) {
    const names = [...text.matchAll(DECORATED)].map(([name]) => demangle(name)).filter((result) => result.ok);
    context.write(jsonDocument({ names: names.map((result) => ({ decorated: result.decorated, text: result.text })) }));
  } else {
    context.write(text.replaceAll(DECORATED, (name) => demangle(name).text));
  }
  return 0;
}
