import { certificatesDocument, headersDocument } from '@ijw/pe';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
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
    for (const [title, part] of Object.entries(document)) {
      if (part === undefined) continue;
      context.write(`${context.style.bold(title)}\n`);
      for (const text of outlineOf(part, context.style)) context.write(text);
      context.write('\n');
    }
    context.write(diagnosticLines(diagnostics, context.style));
  }
  return 0;
}
