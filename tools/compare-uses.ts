/**
 * Compares the uses of types, methods and fields, names and strings with those that Mono.Cecil finds: npm run tool tools/compare-uses.ts [FILE …]. Without files: ten
 * large assemblies of the installed .NET. Subjects are chosen by seed: definitions of the file, and definitions of the core library. Needs dotnet and NuGet.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Assembly, findMatches, findUses, type MatchKind, type SearchedFile, useSubject } from '@ijw/assembly';
import { hex, ifReadable } from '@ijw/binary';
import { Metadata, makeToken, TableId, type Token } from '@ijw/metadata';
import type { AssemblyProvider } from '@ijw/metadata/resolution';
import { PEImage } from '@ijw/pe';
import { defaultFolders, dotnetFolder, filesOf, newestFramework } from './peers.ts';

/** Of each file and of the core library for each file. */
const SUBJECTS = 60;
const SEED = 15;
const CORE_LIBRARY = 'System.Private.CoreLib.dll';
const FILES: ReadonlySet<string> = new Set([
  CORE_LIBRARY,
  'System.Private.Xml.dll',
  'System.Linq.Expressions.dll',
  'System.Data.Common.dll',
  'System.Net.Http.dll',
  'System.Text.Json.dll',
  'Microsoft.VisualBasic.Core.dll',
  'Microsoft.AspNetCore.Server.Kestrel.Core.dll',
  'Microsoft.CodeAnalysis.dll',
  'Microsoft.Build.dll',
]);
const PATTERNS = ['*Get*', '?o*', 'Is*', '*`1', '*Async', 'zip'];
const NAMED: readonly MatchKind[] = ['type', 'method', 'field', 'property', 'event'];
/** Output of the reference for one file. */
const MOST_TEXT = 1 << 30;

/** Numbers from 0 to 1, by a linear congruential generator. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Reference {
  /** By `assembly token` of a definition: "kind user offset" a use. */
  readonly uses: ReadonlyMap<string, ReadonlySet<string>>;
  readonly names: readonly { readonly key: string; readonly name: string }[];
  readonly strings: ReadonlySet<string>;
}

function reference(program: string, path: string, folders: readonly string[]): Reference {
  const { status, stdout, stderr } = spawnSync('dotnet', [program, path, ...folders], { encoding: 'utf8', maxBuffer: MOST_TEXT });
  if (status !== 0) throw new Error(`${path}: ${stderr}`);
  const uses = new Map<string, Set<string>>();
  const names: { key: string; name: string }[] = [];
  const strings = new Set<string>();
  for (const line of stdout.split('\n')) {
    const [kind = '', first = '', second = '', third = '', token = ''] = line.split('\t');
    if (kind === 'string') strings.add(Buffer.from(first, 'base64').toString('utf16le'));
    else if (kind === 'name') names.push({ key: `${first} ${second}`, name: third });
    else if (token !== '') {
      const target = `${third} ${token}`;
      const own = uses.get(target) ?? new Set<string>();
      uses.set(target, own.add(`${kind} ${first} ${second}`));
    }
  }
  return { uses, names, strings };
}

interface OpenedFile extends SearchedFile {
  readonly metadata: Metadata;
  readonly simpleName: string;
}

async function opened(path: string): Promise<OpenedFile> {
  const assembly = await Assembly.open(readFileSync(path));
  const { metadata } = assembly;
  if (metadata === undefined) throw new Error(`${path} has no metadata`);
  return { name: path, assembly, metadata, simpleName: basename(path).replace(/\.(dll|exe)$/, '') };
}

/** The assemblies of the folders, by their simple names. */
function assembliesOf(folders: readonly string[], known: readonly OpenedFile[]): AssemblyProvider {
  const found = new Map<string, Metadata | undefined>(known.map(({ simpleName, metadata }) => [simpleName, metadata]));
  return {
    assembly: ({ name }) => {
      if (!found.has(name)) {
        const path = folders.map((folder) => join(folder, `${name}.dll`)).find(existsSync);
        found.set(name, path === undefined ? undefined : ifReadable(() => Metadata.of(PEImage.parse(readFileSync(path)))));
      }
      return found.get(name);
    },
  };
}

/** Half of them used ones, half any: tokens as text. */
function subjects({ metadata, simpleName }: OpenedFile, { uses }: Reference, next: () => number): ReadonlySet<string> {
  const used = [...uses.keys()].flatMap((target) => (target.startsWith(`${simpleName} `) ? [target.slice(simpleName.length + 1)] : []));
  const chosen = new Set<string>();
  const pick = (count: number): number => Math.floor(next() * count);
  for (let index = 0; index < SUBJECTS / 2 && used.length > 0; index++) chosen.add(used[pick(used.length)] ?? '');
  for (let index = 0; index < SUBJECTS / 2; index++) {
    const table = (['TypeDef', 'MethodDef', 'Field'] as const)[index % 3] ?? 'TypeDef';
    const { rowCount } = metadata.tables[table];
    if (rowCount > 0) chosen.add(hexToken(makeToken(TableId[table], 1 + pick(rowCount))));
  }
  return chosen;
}

const hexToken = (token: Token): string => hex(token, 8).slice(2);

const tally = { subjects: 0, uses: 0, names: 0, strings: 0, different: 0 };

/** Prints what one of the two has alone. */
function compareSets(what: string, ours: ReadonlySet<string>, theirs: ReadonlySet<string>): void {
  const differences = [
    ...[...theirs].filter((one) => !ours.has(one)).map((one) => `-${one}`),
    ...[...ours].filter((one) => !theirs.has(one)).map((one) => `+${one}`),
  ];
  if (differences.length === 0) return;
  tally.different++;
  console.log(`${what}: ${differences.length} of ${theirs.size} differ: ${differences.slice(0, 4).join(', ')}`);
}

function compareUses(file: OpenedFile, owner: OpenedFile, { uses }: Reference, token: string, provider: AssemblyProvider): void {
  const ours = new Set<string>();
  let name = '';
  for (const { kind, token: user = 0, ilOffset, target } of findUses([file], useSubject([owner], `0x${token}`), provider)) {
    name = target;
    ours.add(`${kind} ${hex(user, 8).slice(2)} ${ilOffset?.toString(16) ?? '-'}`);
  }
  const theirs = uses.get(`${owner.simpleName} ${token}`) ?? new Set<string>();
  compareSets(`${basename(file.name)}: ${owner.simpleName} ${token} ${name}`, ours, theirs);
  tally.subjects++;
  tally.uses += theirs.size;
}

/** What a pattern of wildcards means, by a regular expression. */
const expressionOf = (pattern: string): RegExp =>
  new RegExp(/[*?]/.test(pattern) ? `^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$` : pattern, 'is');

function compareNames({ name, assembly }: OpenedFile, { names, strings }: Reference): void {
  for (const pattern of PATTERNS) {
    const expression = expressionOf(pattern);
    const theirs = new Set(names.flatMap(({ key, name: simple }) => (expression.test(simple) ? [key] : [])));
    const ours = [...findMatches(pattern, NAMED)(assembly)].map(({ kind, token }) => `${kind} ${hexToken(token ?? (0 as Token))}`);
    compareSets(`${basename(name)}: names like ${pattern}`, new Set(ours), theirs);
    const texts = [...findMatches(pattern, ['string'])(assembly)].flatMap(({ text, in: place }) => (place === '#US' ? [text] : []));
    const loaded = new Set([...strings].filter((text) => expression.test(text)));
    compareSets(`${basename(name)}: strings like ${pattern}`, new Set(texts), loaded);
    tally.names += theirs.size;
    tally.strings += loaded.size;
  }
}

async function compareFiles(program: string, paths: readonly string[], framework: string): Promise<void> {
  const core = await opened(join(framework, CORE_LIBRARY));
  for (const path of paths) {
    const folders = [...new Set([dirname(path), framework])];
    const file = basename(path) === CORE_LIBRARY ? core : await opened(path);
    const provider = assembliesOf(folders, [core, file]);
    const theirs = reference(program, path, folders);
    const next = random(SEED);
    for (const owner of new Set([file, core]))
      for (const token of subjects(owner, theirs, next)) compareUses(file, owner, theirs, token, provider);
    compareNames(file, theirs);
  }
}

/** Builds the reference program in a folder of its own; the program, or undefined without NuGet. */
function built(folder: string): string | undefined {
  cpSync(join(import.meta.dirname, 'cecil-uses'), folder, { recursive: true });
  const options = ['-c', 'Release', '-o', 'out', '--nologo', '-v', 'q', '--disable-build-servers'];
  const { status, stdout } = spawnSync('dotnet', ['build', ...options], { cwd: folder, encoding: 'utf8' });
  if (status === 0) return join(folder, 'out/CecilUses.dll');
  console.log(`uses: skipped, the reference program cannot be built:\n${stdout}`);
  return undefined;
}

const framework = newestFramework();
if (framework === undefined)
  console.log(`uses: skipped, ${dotnetFolder() === undefined ? 'dotnet is not installed' : 'no shared framework'}`);
else {
  const folder = mkdtempSync(join(tmpdir(), 'ijw-uses-'));
  try {
    const program = built(folder);
    const given = process.argv.slice(2);
    const installed = defaultFolders()
      .slice(1)
      .flatMap((root) => [...filesOf(root)]);
    // Reference assemblies have the same names and no code.
    const chosen = new Map<string, string>();
    for (const path of installed.filter((one) => FILES.has(basename(one))).sort((one, other) => statSync(one).size - statSync(other).size))
      chosen.set(basename(path), path);
    if (program !== undefined) await compareFiles(program, given.length > 0 ? given : [...chosen.values()], framework);
    console.log(
      `uses: ${tally.subjects} subjects with ${tally.uses} uses, ${tally.names} names, ${tally.strings} strings; ${tally.different} comparisons differ`,
    );
    if (tally.different > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
