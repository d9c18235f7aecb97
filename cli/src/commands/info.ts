import { createHash } from 'node:crypto';
import { BadImageError, Diagnostics, hex } from '@ijw/binary';
import { PEImage } from '@ijw/pe';
import { type ImageSummary, summarizeImage } from '@ijw/vtfixup';
import type { CommandContext } from '../command.ts';
import { layout } from '../input.ts';
import { FileAccessError } from '../io.ts';
import { columns } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { errorLine } from '../output/error-line.ts';
import { corFlagNames } from '../output/flag-names.ts';
import { jsonDocument, jsonLine } from '../output/json.ts';

export async function run(context: CommandContext): Promise<number> {
  let exitCode = 0;
  const several = context.operands.length > 1;
  for (const [index, file] of context.operands.entries()) {
    try {
      const document = describe(context, file);
      if (context.options.json) context.write(several ? jsonLine(document) : jsonDocument(document));
      else context.write(`${index > 0 ? '\n' : ''}${text(context, document)}`);
    } catch (error) {
      if (!several) throw error;
      if (!(error instanceof BadImageError || error instanceof FileAccessError)) throw error;
      context.io.writeError(errorLine(file, error)!);
      exitCode = 1;
    }
  }
  return exitCode;
}

export function describe(context: CommandContext, file: string) {
  const bytes = context.io.readFile(file);
  const diagnostics = new Diagnostics();
  const image = PEImage.parse(bytes, { layout: layout(context), diagnostics });
  const { metadata, ...summary } = summarizeImage(image);
  return {
    file,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...summary,
    ...metadata,
    diagnostics: diagnostics.entries,
  };
}

type Document = ReturnType<typeof describe>;

/** Not `toLocaleString`: it loads the data of all languages, which costs more than everything else here. */
const thousands = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

const KINDS: Readonly<Record<ImageSummary['kind'], string>> = {
  native: 'native',
  managed: 'managed',
  mixed: 'mixed-mode (C++/CLI)',
};

export function text(context: CommandContext, document: Document): string {
  const { style } = context;
  const label = (name: string) => ({ text: name, paint: style.dim });
  const machine = document.machineOs === undefined ? document.machine : `${document.machine} (${document.machineOs})`;
  const rows: (readonly (string | { text: string; paint?: (text: string) => string })[])[] = [
    [label('sha256'), document.sha256],
    [label('entry point'), entryPointText(document)],
  ];
  if (document.corFlags !== undefined)
    rows.push([label('CLI flags'), `${hex(document.corFlags)} ${corFlagNames(document.corFlags)}`.trimEnd()]);
  if (document.runtimeVersion !== undefined)
    rows.push([label('runtime'), [document.runtimeVersion, document.targetFramework].filter(Boolean).join('  ')]);
  if (document.assembly) rows.push([label('assembly'), assemblyText(document.assembly)]);
  if (document.module) rows.push([label('module'), [document.module.name, document.module.mvid].filter(Boolean).join('  ')]);
  if (document.references?.length)
    rows.push([label('references'), document.references.map(({ name, version }) => `${name} ${version}`).join(', ')]);
  const counts = Object.entries(document.counts).filter(([, count]) => count > 0);
  if (counts.length > 0)
    rows.push([label('counts'), counts.map(([name, count]) => `${count} ${COUNT_NAMES[name as keyof Document['counts']]}`).join(', ')]);
  const title = `${style.bold(document.file)}  ${document.format} ${machine}, ${style.cyan(KINDS[document.kind])}, ${thousands(document.size)} bytes\n`;
  return title + columns(rows, '  ') + diagnosticLines(document.diagnostics, style);
}

const COUNT_NAMES: Readonly<Record<keyof Document['counts'], string>> = {
  types: 'types',
  methods: 'methods',
  fields: 'fields',
  rvaPInvokes: 'P/Invokes by RVA',
  namedPInvokes: 'P/Invokes by name',
  internalCalls: 'internal calls',
  vtableSlots: 'vtable slots',
  unmanagedCallersOnly: 'UnmanagedCallersOnly methods',
  exports: 'exports',
  imports: 'imports',
};

function entryPointText({ entryPoint, corFlags }: Document): string {
  if (entryPoint === undefined) return 'none';
  if ('token' in entryPoint) return `token ${hex(entryPoint.token, 8)}`;
  return `${corFlags === undefined ? '' : 'native, '}RVA ${hex(entryPoint.rva)}`;
}

const assemblyText = ({ name, version, culture, publicKeyToken }: NonNullable<Document['assembly']>): string =>
  [name, version, culture, publicKeyToken && `PublicKeyToken=${publicKeyToken}`].filter(Boolean).join(' ');
