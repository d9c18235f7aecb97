import { demangle, isDecorated } from '@ijw/demangle';
import { certificatesDocument, headersDocument, headerWords, type PEImage } from '@ijw/pe';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import { joined } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { outlineOf } from '../output/outline.ts';

export async function run(context: CommandContext): Promise<number> {
  const image = (await openAssembly(context)).requireImage();
  const document = {
    ...headersDocument(image, { unwind: context.options.unwind === true }),
    certificates: await certificatesDocument(image),
  };
  const diagnostics = image.diagnostics.entries;
  if (context.options.json) context.document({ file: context.operands[0], ...document, diagnostics });
  else {
    const page = { ...context, words: context.options.raw ? undefined : wordsOf(image) };
    for (const [title, part] of Object.entries(document)) {
      if (part === undefined) continue;
      context.write(`${context.style.bold(title)}\n`);
      for (const text of joined(outlineOf(part, page, title), '')) context.write(text);
      context.write('\n');
    }
    context.write(diagnosticLines(diagnostics, context.style));
  }
  return 0;
}

/** The places of function names. */
const FUNCTIONS: ReadonlySet<string> = new Set(['imports.symbols.name', 'delayImports.symbols.name', 'exports.name']);

/** Words for the numbers of the headers, and for decorated names. */
function wordsOf(image: PEImage): (place: string, value: unknown) => string | undefined {
  const words = headerWords(image);
  return (place, value) => {
    if (typeof value === 'string' && FUNCTIONS.has(place)) return isDecorated(value) ? demangle(value).text : value;
    return words(place, value);
  };
}
