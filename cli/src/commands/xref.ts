import { findUses, type MemberUse, type UseKind, useKinds, useSubject } from '@ijw/assembly';
import { hex, hexDigits, printable } from '@ijw/binary';
import { type AssemblyProvider, assembliesAtHand } from '@ijw/metadata/resolution';
import type { CommandContext } from '../command.ts';
import { type OpenedFileOfSet, openedFiles } from '../file-set.ts';
import { optionWords } from '../option-words.ts';
import { type Cell, columns, type Row } from '../output/columns.ts';
import { reportDiagnostics } from '../output/report-diagnostics.ts';
import { assemblyProvider, searchOption, searchPath } from '../search-path.ts';

export async function run(context: CommandContext): Promise<number> {
  const [member = '', ...operands] = context.operands;
  const kinds = wantedKinds(context);
  const files: OpenedFileOfSet[] = [];
  let exitCode = 0;
  for await (const file of openedFiles(context, operands, () => (exitCode = 1))) {
    const { diagnostics } = file.assembly;
    // A file whose metadata cannot be read has no uses; the others are searched.
    const isReadable = diagnostics.attempt(() => file.assembly.metadata ?? true) !== undefined;
    if (isReadable) files.push(file);
    exitCode = Math.max(exitCode, reportDiagnostics({ ...context, file: file.name }, diagnostics));
  }
  // Why is said already.
  if (files.length === 0) return 1;
  const subject = useSubject(files, member);
  const own = assembliesAtHand(files.flatMap(({ assembly }) => assembly.metadata ?? []));
  const others = assemblyProvider(await searchPath(context.io, searchOption(context.options)));
  const provider: AssemblyProvider = { assembly: (identity, from) => own.assembly(identity, from) ?? others.assembly(identity, from) };
  const uses = wanted(findUses(files, subject, provider), kinds);
  if (context.options.json) context.document({ ...(operands.length === 1 && { file: operands[0] }), member, uses, diagnostics: [] });
  else writeText(context, member, uses);
  return exitCode;
}

/** The kinds of `--kind`; all of them without it. @throws UsageError */
function wantedKinds({ options }: CommandContext): ReadonlySet<UseKind> {
  const given = optionWords(options, { name: 'kind', words: useKinds, one: 'a kind of use', several: 'kinds' });
  return new Set(given.length === 0 ? useKinds : given);
}

function* wanted(uses: Iterable<MemberUse>, kinds: ReadonlySet<UseKind>): Generator<MemberUse> {
  for (const use of uses) if (kinds.has(use.kind)) yield use;
}

/** A title a file, then a line a use. */
function writeText(context: CommandContext, member: string, uses: Iterable<MemberUse>): void {
  const { style, width } = context;
  let count = 0;
  let file: string | undefined;
  let rows: Row[] = [];
  const flush = (): void => {
    for (const text of columns(rows, '  ', width)) context.write(text);
    rows = [];
  };
  for (const use of uses) {
    if (use.file !== file || rows.length === MOST_ROWS) flush();
    if (use.file !== file) context.write(`${style.bold(printable(use.file))}\n`);
    file = use.file;
    rows.push(rowOf(context, use));
    count++;
  }
  flush();
  if (count === 0) context.write(`Nothing uses ${printable(member)}\n`);
}

/** Rows whose columns are aligned together. */
const MOST_ROWS = 4096;

function rowOf({ style }: CommandContext, { kind, in: user, ilOffset, rva, target }: MemberUse): readonly (Cell | string)[] {
  const place = ilOffset !== undefined ? `IL_${hexDigits(ilOffset, 4)}` : rva === undefined ? '' : hex(rva);
  return [{ text: kind, paint: style.yellow }, { text: user, paint: style.cyan }, place, { text: target, paint: style.dim }];
}
