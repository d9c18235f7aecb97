import { type FoundMatch, findMatches, type MatchKind, matchKinds, usualKinds } from '@ijw/assembly';
import { type Diagnostic, hex, hexDigits, printable } from '@ijw/binary';
import type { CommandContext } from '../command.ts';
import { openedFiles } from '../file-set.ts';
import { optionWords } from '../option-words.ts';
import { columns, type Row } from '../output/columns.ts';
import { reportDiagnostics } from '../output/report-diagnostics.ts';

/** A match and the file that it is in. */
interface FileMatch extends FoundMatch {
  readonly file: string;
}

export async function run(context: CommandContext): Promise<number> {
  const [pattern = '', ...operands] = context.operands;
  const search = findMatches(pattern, wantedKinds(context));
  const { json } = context.options;
  const matches: FileMatch[] = [];
  const reported: (Diagnostic & { readonly file: string })[] = [];
  let exitCode = 0;
  let found = false;
  for await (const { name, assembly } of openedFiles(context, operands, () => (exitCode = 1))) {
    const { diagnostics, image } = assembly;
    const ofFile = search({ image, metadata: diagnostics.attempt(() => assembly.metadata) });
    if (json) for (const match of ofFile) matches.push({ file: name, ...match });
    else found = writeText(context, name, ofFile) || found;
    exitCode = Math.max(exitCode, reportDiagnostics({ ...context, file: name }, diagnostics));
    if (json) for (const entry of diagnostics.entries) reported.push({ file: name, ...entry });
  }
  if (json) context.document({ ...(operands.length === 1 && { file: operands[0] }), pattern, matches, diagnostics: reported });
  else if (!found) context.write(`Nothing fits ${printable(pattern)}\n`);
  return exitCode;
}

/** Options that stand for a kind. */
const KIND_OPTIONS: readonly (readonly [string, MatchKind])[] = [
  ['strings', 'string'],
  ['constants', 'constant'],
  ['attributes', 'attribute'],
];

/** `--kind`, `--strings`, `--constants` and `--attributes` together; the usual kinds without any of them. @throws UsageError */
function wantedKinds({ options }: CommandContext): readonly MatchKind[] {
  const given = optionWords(options, { name: 'kind', words: matchKinds, one: 'a kind', several: 'kinds' });
  const kinds = [...given, ...KIND_OPTIONS.flatMap(([option, kind]) => (options[option] ? kind : []))];
  return kinds.length === 0 ? usualKinds : kinds;
}

/** Rows whose columns are aligned together. */
const MOST_ROWS = 4096;

/** A title, then a line a match; nothing for a file without any. Returns whether there was one. */
function writeText(context: CommandContext, file: string, matches: Iterable<FoundMatch>): boolean {
  const { style, width } = context;
  let rows: Row[] = [];
  let started = false;
  const flush = (): void => {
    if (rows.length === 0) return;
    if (!started) context.write(`${style.bold(printable(file))}\n`);
    started = true;
    for (const text of columns(rows, '  ', width)) context.write(text);
    rows = [];
  };
  for (const match of matches) {
    rows.push(rowOf(context, match));
    if (rows.length === MOST_ROWS) flush();
  }
  flush();
  return started;
}

function rowOf({ style }: CommandContext, { kind, text, token, rva, offset, in: owner, ilOffset }: FoundMatch): Row {
  const place = token !== undefined ? hex(token, 8) : rva !== undefined ? hex(rva) : offset === undefined ? '' : hex(offset);
  const where = ilOffset === undefined ? owner : `${owner}, IL_${hexDigits(ilOffset, 4)}`;
  return [{ text: kind, paint: style.yellow }, place, ...(where === undefined ? [] : [where]), { text, paint: style.cyan }];
}
