import { type Change, type ChangeArea, changeAreas, diffAssemblies } from '@ijw/assembly';
import { printable, UsageError } from '@ijw/binary';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import { optionWords } from '../option-words.ts';
import { columns, type Row } from '../output/columns.ts';

export async function run(context: CommandContext): Promise<number> {
  const [old, now, more] = context.operands;
  if (old === undefined || now === undefined || more !== undefined)
    throw new UsageError('diff needs two files: the old version and the new one');
  const areas = wantedAreas(context);
  const before = await openAssembly(context, old);
  const after = await openAssembly(context, now);
  const changes = [...diffAssemblies(before, after)].filter(({ area }) => areas.has(area));
  const { json, format } = context.options;
  if (json || format === 'json')
    context.document({ old, new: now, changes, diagnostics: [...before.diagnostics.entries, ...after.diagnostics.entries] });
  else if (format === 'markdown') writeMarkdown(context, old, now, changes);
  else writeText(context, changes);
  return changes.some((change) => failsOn(change, context.options.failOn)) ? 1 : 0;
}

/** The areas of `--area`; all of them without it. @throws UsageError */
function wantedAreas({ options }: CommandContext): ReadonlySet<ChangeArea> {
  const given = optionWords(options, { name: 'area', words: changeAreas, one: 'an area', several: 'areas' });
  return new Set(given.length === 0 ? changeAreas : given);
}

function failsOn({ area, breaking }: Change, failOn: string | boolean | readonly string[] | undefined): boolean {
  if (failOn === 'any') return true;
  if (failOn === 'boundary') return area === 'pinvoke' || area === 'boundary';
  return failOn === 'api' && breaking === true;
}

const TITLES: Readonly<Record<ChangeArea, string>> = {
  api: 'public API',
  pinvoke: 'P/Invokes',
  boundary: 'boundary',
  il: 'IL',
  header: 'headers',
  resource: 'resources',
};

const SIGNS: Readonly<Record<Change['kind'], string>> = { added: '+', removed: '-', changed: '~' };

function writeText(context: CommandContext, changes: readonly Change[]): void {
  const { style, width } = context;
  if (changes.length === 0) context.write('No differences\n');
  for (const area of changeAreas) {
    const own = changes.filter((change) => change.area === area);
    if (own.length === 0) continue;
    const breaking = own.filter((change) => change.breaking).length;
    context.write(`${style.bold(TITLES[area])}  ${own.length}${breaking > 0 ? style.red(`, ${breaking} breaking`) : ''}\n`);
    const paint = { added: style.green, removed: style.red, changed: style.yellow };
    const rows = own.map(
      (change): Row => [
        { text: SIGNS[change.kind], paint: paint[change.kind] },
        { text: change.breaking ? 'breaking' : '', paint: style.red },
        { text: change.member, paint: style.cyan },
        valueText(change),
      ],
    );
    for (const text of columns(rows, '  ', width)) context.write(text);
  }
}

function valueText({ kind, old, new: now }: Change): string {
  if (kind === 'changed') return `${old ?? ''} → ${now ?? ''}`;
  return old ?? now ?? '';
}

/** `|` would end a cell, and names may look like markup. */
const cell = (text: string): string => (text === '' ? '' : `\`${printable(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``);

function writeMarkdown(context: CommandContext, old: string, now: string, changes: readonly Change[]): void {
  context.write(`# ${cell(old)} → ${cell(now)}\n`);
  if (changes.length === 0) context.write('\nNo differences.\n');
  for (const area of changeAreas) {
    const own = changes.filter((change) => change.area === area);
    if (own.length === 0) continue;
    context.write(`\n## ${TITLES[area]}\n\n| | breaking | member | old | new |\n|---|---|---|---|---|\n`);
    for (const { kind, breaking, member, old: before = '', new: after = '' } of own)
      context.write(`| ${kind} | ${breaking ? 'yes' : ''} | ${cell(member)} | ${cell(before)} | ${cell(after)} |\n`);
  }
}
