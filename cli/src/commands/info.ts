import { createHash } from 'node:crypto';
import { type InfoDocument, infoDocument } from '@ijw/assembly/info';
import type { OpenedFile } from '@ijw/assembly/open';
import { bitNames, hex, printable } from '@ijw/binary';
import { CorFlags } from '@ijw/pe';
import type { CommandContext } from '../command.ts';
import { openOperand } from '../input.ts';
import { type Cell, columns } from '../output/columns.ts';
import { counted } from '../output/counted.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';

export async function run(context: CommandContext): Promise<number> {
  const [file = ''] = context.operands;
  const document = describe(context, await openOperand(context, file), file);
  if (context.options.json) context.document(document);
  else for (const text of infoText(context, document)) context.write(text);
  return 0;
}

/** Describes a file; SHA-256 is Node's, which is the fastest. */
export const describe = ({ options }: CommandContext, opened: OpenedFile, file: string): InfoDocument =>
  infoDocument(opened, { file, sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'), similarity: options.json === true });

/** Not `toLocaleString`: it loads the data of all languages, which costs more than everything else here. */
const thousands = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

const KINDS: Readonly<Record<InfoDocument['kind'], string>> = {
  native: 'native',
  managed: 'managed',
  mixed: 'mixed-mode (C++/CLI)',
  metadata: 'bare metadata',
};

/** What is counted: one, and several. */
const COUNT_NAMES: Readonly<Record<keyof InfoDocument['counts'], readonly [one: string, several: string]>> = {
  types: ['type', 'types'],
  methods: ['method', 'methods'],
  fields: ['field', 'fields'],
  rvaPInvokes: ['P/Invoke by RVA', 'P/Invokes by RVA'],
  namedPInvokes: ['P/Invoke by name', 'P/Invokes by name'],
  internalCalls: ['internal call', 'internal calls'],
  vtableSlots: ['vtable slot', 'vtable slots'],
  unmanagedCallersOnly: ['UnmanagedCallersOnly method', 'UnmanagedCallersOnly methods'],
  exports: ['export', 'exports'],
  imports: ['import', 'imports'],
};

/** One screen. */
export function* infoText({ style, width }: CommandContext, document: InfoDocument): Generator<string> {
  const { machine, machineOs, format, kind, size } = document;
  const where = machine === undefined ? '' : ` ${machine}${machineOs === undefined ? '' : ` (${machineOs})`}`;
  yield `${style.bold(printable(document.file))}  ${format}${where}, ${style.cyan(KINDS[kind])}, ${thousands(size)} bytes\n`;
  const rows = facts(document).map(([label, text]): Cell[] => [{ text: label, paint: style.dim }, { text }]);
  yield* columns(rows, '  ', width);
  yield diagnosticLines(document.diagnostics, style);
}

function facts(document: InfoDocument): (readonly [string, string])[] {
  const {
    sha256,
    platform,
    host,
    corFlags,
    runtimeVersion,
    targetFramework,
    assembly,
    module,
    references,
    counts,
    bundle,
    nano,
    nativeAot,
  } = document;
  const rows: (readonly [string, string])[] = [
    ['sha256', sha256],
    ['entry point', entryPointText(document)],
  ];
  if (platform !== undefined) rows.push(['platform', host === undefined ? platform : `${platform}  host: ${host}`]);
  if (corFlags !== undefined) rows.push(['CLI flags', `${hex(corFlags)} ${bitNames(corFlags, CorFlags)}`.trimEnd()]);
  if (nativeAot !== undefined) rows.push(['compiled by', nativeAotText(nativeAot)]);
  if (runtimeVersion !== undefined) rows.push(['runtime', [runtimeVersion, targetFramework].filter(Boolean).join('  ')]);
  if (assembly) rows.push(['assembly', assemblyText(assembly)]);
  if (module) rows.push(['module', [module.name, module.mvid].filter(Boolean).join('  ')]);
  if (references?.length) rows.push(['references', references.map(({ name, version }) => `${name} ${version}`).join(', ')]);
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  if (some.length > 0)
    rows.push(['counts', some.map(([name, count]) => counted(count, ...COUNT_NAMES[name as keyof typeof COUNT_NAMES])).join(', ')]);
  if (nano) rows.push(['nanoFramework', `${nano.marker}, checksum of native methods ${hex(nano.nativeMethodsChecksum, 8)}`]);
  if (bundle)
    rows.push([
      'bundle',
      `${counted(bundle.files.length, 'file')}, version ${bundle.version}: ${bundle.files.map((file) => file.path).join(', ')}`,
    ]);
  return rows;
}

function entryPointText({ entryPoint, corFlags }: InfoDocument): string {
  if (entryPoint === undefined) return 'none';
  if ('token' in entryPoint) return `token ${hex(entryPoint.token, 8)}`;
  return `${corFlags === undefined ? '' : 'native, '}RVA ${hex(entryPoint.rva)}`;
}

function nativeAotText({ debugHeader, sections, header }: NonNullable<InfoDocument['nativeAot']>): string {
  const evidence = [
    debugHeader && `export ${debugHeader.name} at RVA ${hex(debugHeader.rva)}`,
    sections.length > 0 && `sections ${sections.join(', ')}`,
    header && `ReadyToRun header ${header.majorVersion}.${header.minorVersion} at RVA ${hex(header.rva)}`,
  ];
  return `NativeAOT: ${evidence.filter(Boolean).join('; ')}`;
}

const assemblyText = ({ name, version, culture, publicKeyToken }: NonNullable<InfoDocument['assembly']>): string =>
  [name, version, culture, publicKeyToken && `PublicKeyToken=${publicKeyToken}`].filter(Boolean).join(' ');
