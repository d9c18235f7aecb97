/**
 * Takes assemblies through `ijw dis --strict` and the platform's ilasm, and back to the same tables, names, signatures and IL: npm run tool tools/round-trip.ts -- [--limit N] [FILE|FOLDER…]
 * Without files: the newest shared framework. Needs `npm run build`, ilasm and the reference reader, whose `cmp` compares; it says so when they are missing. The exit code is 1
 * when a file cannot be disassembled or assembled.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { IJW, ILASM, missingPeer, newestFramework, ORACLE } from './peers.ts';

const { values, positionals } = parseArgs({ options: { limit: { type: 'string' } }, allowPositionals: true });
const missing = missingPeer(ILASM, ORACLE);
if (missing !== undefined) {
  console.log(`round trip: skipped, ${missing}`);
  process.exit(0);
}

const given = positionals.length > 0 ? positionals : [newestFramework() ?? ''].filter(Boolean);
const files = given.flatMap(assembliesOf).slice(0, Number(values.limit ?? Number.POSITIVE_INFINITY));
const verdicts = new Map<string, number>();
for (const file of files) {
  const { verdict, why } = roundTrip(file);
  verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  if (verdict !== 'identical') console.log(`${verdict.padEnd(22)} ${basename(file)}  ${why}`);
}
for (const [verdict, count] of verdicts) console.log(`${String(count).padStart(5)} ${verdict}`);
console.log(`${String(files.length).padStart(5)} files`);
process.exitCode = verdicts.has('dis fails') || verdicts.has('ilasm refuses') ? 1 : 0;

/** Files as they are; of a folder, its assemblies. */
function assembliesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => ['.dll', '.exe'].includes(extname(name)))
    .map((name) => join(path, name))
    .filter((file) => machineOf(file).managed);
}

/** Machine, width, and whether there is a CLI header: from the first bytes. */
function machineOf(file: string): { readonly managed: boolean; readonly wide?: boolean; readonly arm64?: boolean } {
  const bytes = Buffer.alloc(0x1000);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, bytes, 0, bytes.length, 0);
  closeSync(descriptor);
  const pe = bytes.readUInt32LE(60);
  if (bytes.toString('latin1', 0, 2) !== 'MZ' || pe > 0xe00) return { managed: false };
  const wide = bytes.readUInt16LE(pe + 24) === 0x20b;
  return { managed: bytes.readUInt32LE(pe + 24 + (wide ? 224 : 208)) !== 0, wide, arm64: bytes.readUInt16LE(pe + 4) === 0xaa64 };
}

function roundTrip(file: string): { readonly verdict: string; readonly why: string } {
  const folder = mkdtempSync(join(tmpdir(), 'round-trip-'));
  const go = (command: string, ...args: readonly string[]) =>
    spawnSync(command, args, { cwd: folder, encoding: 'utf8', timeout: 180_000, maxBuffer: 1 << 28 });
  try {
    const text = go(process.execPath, IJW, 'dis', '--strict', file, '-o', 'a.il');
    if (text.status !== 0) return { verdict: 'dis fails', why: firstLine(text.stderr) };
    const { wide, arm64 } = machineOf(file);
    const kind = extname(file) === '.exe' ? '-EXE' : '-DLL';
    const made = go(ILASM, '-QUIET', '-NOLOGO', kind, ...(wide ? ['-PE64', arm64 ? '-ARM64' : '-X64'] : []), '-OUTPUT=b.dll', 'a.il');
    if (made.status !== 0)
      return { verdict: 'ilasm refuses', why: firstLine(`${made.stdout}${made.stderr}`.replace(/^.*warning.*$/gm, '')) };
    const summary = go('dotnet', ORACLE, 'cmp', file, 'b.dll').stdout.trim().split('\n').at(-1) ?? '';
    const [, verdict = 'cmp fails', ...why] = summary.split(' ');
    return { verdict, why: why.filter((part) => !part.endsWith('=0')).join(' ') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? '';
}
