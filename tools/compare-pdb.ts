/** Compares the public symbols, procedures and lines of Windows PDBs with those of `llvm-pdbutil`: files and folders of the command line. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WindowsPdb } from '@ijw/symbols';

const PDBUTIL = 'llvm-pdbutil';
/** Text of the dump of a large PDB. */
const MOST_TEXT = 1 << 30;

/** Lines of the dump. */
function dump(path: string, option: string): readonly string[] {
  const { stdout } = spawnSync(PDBUTIL, ['dump', option, path], { encoding: 'utf8', maxBuffer: MOST_TEXT });
  return stdout.split('\n');
}

const place = (segment: number, offset: number): string => `${String(segment).padStart(4, '0')}:${String(offset).padStart(4, '0')}`;

const PUBLIC = /S_PUB32 \[size = \d+\] `(.*)`$/;
const PROCEDURE = /S_([GL])(PROC32|PROC32_ID|MANPROC) \[size = \d+\] `(.*)`$/;
const ADDRESS = /addr = (\d+:\d+)/;
const CODE_SIZE = /code size = (\d+)/;

function reference(path: string): Record<'publics' | 'procedures' | 'lines', readonly string[]> {
  const publics: string[] = [];
  const publicLines = dump(path, '-publics');
  for (const [index, line] of publicLines.entries()) {
    const name = PUBLIC.exec(line)?.[1];
    if (name !== undefined) publics.push(`${ADDRESS.exec(publicLines[index + 1] ?? '')?.[1]} ${name}`);
  }
  const procedures: string[] = [];
  const symbolLines = dump(path, '-symbols');
  for (const [index, line] of symbolLines.entries()) {
    const name = PROCEDURE.exec(line)?.[3];
    if (name === undefined) continue;
    const facts = `${symbolLines[index + 1] ?? ''} ${symbolLines[index + 2] ?? ''}`;
    procedures.push(`${ADDRESS.exec(facts)?.[1]} ${CODE_SIZE.exec(facts)?.[1]} ${name}`);
  }
  return { publics, procedures, lines: referenceLines(path) };
}

/** `  0001:00000016-00000078, line/addr entries = 5`, then `   14 00000016 !`: the mark says that the line is not a statement. */
function referenceLines(path: string): readonly string[] {
  const found: string[] = [];
  let segment = '';
  for (const line of dump(path, '-l')) {
    const head = /^\s+(\d+):[0-9A-F]+-[0-9A-F]+, line/.exec(line);
    if (head !== null) segment = head[1] ?? '';
    else if (segment !== '')
      for (const [, number = '', offset = ''] of line.matchAll(/(\d+|<[^>]+>) ([0-9A-F]{8})(?: !)?/g))
        found.push(`${segment}:${offset} ${number}`);
  }
  return found;
}

function ours(path: string): Record<'publics' | 'procedures' | 'lines', readonly string[]> {
  const pdb = WindowsPdb.parse(readFileSync(path));
  return {
    publics: Array.from(pdb.publics(), ({ segment, offset, name }) => `${place(segment, offset)} ${name}`),
    procedures: [...pdb.procedures()]
      .filter(({ kind }) => kind !== 'thunk')
      .map(({ segment, offset, size, name }) => `${place(segment, offset)} ${size} ${name}`),
    lines: [...pdb.lines()].map(
      ({ segment, offset, line }) =>
        `${String(segment).padStart(4, '0')}:${offset.toString(16).toUpperCase().padStart(8, '0')} ${line ?? '<no line>'}`,
    ),
  };
}

function* pdbs(path: string): Generator<string> {
  if (statSync(path).isFile()) yield path;
  else for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) if (/\.pdb$/i.test(name)) yield join(path, name);
}

if (spawnSync(PDBUTIL, ['--version']).status !== 0) console.log(`Windows PDBs: skipped, ${PDBUTIL} is not installed`);
else
  for (const path of process.argv.slice(2).flatMap((given) => [...pdbs(given)])) {
    const [theirs, own] = [reference(path), ours(path)];
    for (const part of ['publics', 'procedures', 'lines'] as const) {
      const [a, b] = [[...theirs[part]].sort(), [...own[part]].sort()];
      const at = a.findIndex((line, index) => line !== b[index]);
      const isEqual = at < 0 && a.length === b.length;
      console.log(`${path}: ${part} ${isEqual ? 'equal' : `differ (${a.length} and ${b.length}): "${a[at]}" and "${b[at]}"`}, ${b.length}`);
      if (!isEqual) process.exitCode = 1;
    }
  }
