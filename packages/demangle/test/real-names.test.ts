// Names of compiled files, against other demanglers (skipped without ../shared, llvm-undname).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { demangle, isDecorated } from '../src/index.ts';
import { decoratedStrings } from './decorated-strings.ts';
import { peerDifferences } from './peer-differences.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const corpus = `${repository}../shared/corpus`;
const native = `${repository}node_modules/edge-js/lib/native/win32`;

function edgeNames(): string[] {
  const files = readdirSync(native, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('edge_nativeclr.node'));
  return namesOf(files.map((file) => `${native}/${file}`));
}

function namesOf(files: readonly string[]): string[] {
  const names = new Set<string>();
  for (const file of files) for (const name of decoratedStrings(readFileSync(file))) names.add(name);
  return [...names];
}

function corpusFiles(): string[] {
  return readdirSync(corpus).flatMap((file) => (file.endsWith('.json') ? [] : [`${corpus}/${file}`]));
}

/** Every decorated string anywhere in the manifest; `module!name` is how it writes imports. */
function manifestNames(): string[] {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      const name = value.slice(value.indexOf('!') + 1).replace(/^<Module>::/, '');
      if (isDecorated(name)) names.add(name);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(JSON.parse(readFileSync(`${corpus}/manifest.json`, 'utf8')));
  return [...names];
}

function failures(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const result = demangle(name);
    return result.ok ? [] : [`${name}: ${result.error.message} at ${result.error.position}`];
  });
}

describe('names in the compiled files of edge-js', () => {
  it('all demangle, in every style', () => {
    const names = edgeNames();
    expect(names.length).toBeGreaterThan(400);
    expect(failures(names)).toEqual([]);
    for (const style of ['undname', 'short'] as const) expect(names.filter((name) => !demangle(name, { style }).ok)).toEqual([]);
  });

  it('are names of C++/CLI in part', () => {
    const names = edgeNames();
    expect(names.filter((name) => name.includes('$$F')).length).toBeGreaterThan(50);
    expect(names.filter((name) => name.includes('$AA')).length).toBeGreaterThan(10);
  });
});

describe.skipIf(!existsSync(corpus))('names in the corpus beside the repository', () => {
  it('all demangle, those of the manifest', () => {
    const names = manifestNames();
    expect(names.length).toBeGreaterThan(1000);
    expect(failures(names)).toEqual([]);
  });

  it('all demangle, those of the files', () => {
    const names = namesOf(corpusFiles());
    expect(names.length).toBeGreaterThan(5000);
    expect(failures(names)).toEqual([]);
  });
});

/** What peers print, for the names that they change. */
type PeerTexts = ReadonlyMap<string, string>;

/** llvm-undname repeats each line of its input, and writes the text below unless the name is not for it. */
function llvmTexts(names: readonly string[]): PeerTexts {
  const { stdout } = spawnSync('llvm-undname', [], { input: `${names.join('\n')}\n`, encoding: 'utf8', maxBuffer: 1 << 28 });
  const texts = new Map<string, string>();
  const lines = stdout.split('\n');
  for (let i = 0; i + 1 < lines.length; i++) {
    const text = lines[i + 1] ?? '';
    if (lines[i] !== '' && text !== '') texts.set(lines[i] ?? '', text);
    if (lines[i] !== '') i++;
  }
  return texts;
}

interface Gecko {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  demangle_any(name: string): string;
}

async function geckoTexts(names: readonly string[]): Promise<PeerTexts> {
  const gecko = (await import(import.meta.resolve('gecko-profiler-demangle/index_bg.js'))) as Gecko;
  const module = new WebAssembly.Module(readFileSync(new URL(import.meta.resolve('gecko-profiler-demangle/index_bg.wasm'))));
  const { exports } = new WebAssembly.Instance(module, { './index_bg.js': { ...gecko } });
  gecko.__wbg_set_wasm(exports);
  return new Map(names.map((name) => [name, gecko.demangle_any(name)] as const).filter(([name, text]) => text !== name));
}

describe('agreement with peers', () => {
  let names: string[] = [];

  beforeAll(() => {
    const files = existsSync(corpus) ? corpusFiles() : [];
    names = [...new Set([...edgeNames(), ...namesOf(files)])];
  });

  function check(peer: (typeof peerDifferences)[number]['peer'], theirs: PeerTexts, ours: (name: string) => string) {
    const differing = [...theirs].filter(([name, text]) => ours(name) !== text);
    const reasons = peerDifferences.filter((difference) => difference.peer === peer);
    const unexplained = differing.filter(([name, text]) => !reasons.some(({ applies }) => applies(name, text)));
    expect(unexplained.map(([name, text]) => ({ name, text, ours: ours(name) }))).toEqual([]);
    return { handled: theirs.size, agree: theirs.size - differing.length };
  }

  it.skipIf(spawnSync('llvm-undname', ['--version']).status !== 0)('llvm-undname: every name that it handles', () => {
    const { handled, agree } = check('llvm-undname', llvmTexts(names), (name) => demangle(name).text);
    expect(agree).toBeGreaterThan(handled * 0.85);
  });

  it('gecko-profiler-demangle: every name that it handles', async () => {
    const { handled, agree } = check('gecko-profiler-demangle', await geckoTexts(names), (name) => demangle(name, { style: 'short' }).text);
    expect(agree).toBeGreaterThan(handled * 0.6);
  });
});
