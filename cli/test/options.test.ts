// No option is ignored silently: for text and for --json, each one changes what a command does, or is refused in a sentence with exit code 2.
import { buildMixedImage, programImage } from '@ijw/fixtures';
import { BundleFileType, writeSingleFileBundle } from '@ijw/pe/containers';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/command-list.ts';
import { optionsOf } from '../src/options.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const files = {
  'mixed.dll': buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots: ['Add', 'Twice'] }] }).bytes,
  'program.dll': programImage(),
  'bad.dll': buildMixedImage({ architecture: 'x86', host: 'mscoree.dll', records: [{ type: 5, slots: ['Add'] }], cli: { flags: 1 } }).bytes,
  'accepted.json': text('[{"rule":"NI070","target":"*","reason":"seen"}]'),
  'src/other.cs': text(''),
  app: writeSingleFileBundle(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46), {
    majorVersion: 6,
    bundleId: 'id',
    entries: [{ path: 'a.dll', type: BundleFileType.Assembly, bytes: programImage() }],
  }),
};

/** What each command is run with. */
const LINES: Readonly<Record<string, string>> = {
  tables: 'tables program.dll MethodDef',
  dis: 'dis program.dll',
  interop: 'interop inventory mixed.dll',
  lint: 'lint bad.dll',
  stubs: 'stubs mixed.dll --for c',
  resources: 'resources program.dll',
  find: 'find Add mixed.dll',
  xref: 'xref Add mixed.dll',
  diff: 'diff mixed.dll bad.dll',
  extract: 'extract app',
  demangle: 'demangle ?f@@YAHH@Z',
  completion: 'completion bash',
};

/** What an option is given, with what it needs. */
const VALUES: Readonly<Record<string, string>> = {
  '--layout': 'mapped',
  '--visibility': 'PSC',
  '--source-root': 'src --source',
  '--suppressions': 'accepted.json',
  '--write-baseline': 'new.json',
  '--rule': 'NI001',
  '--severity': 'error',
  '--format': 'sarif',
  '--host': 'core',
  '--runtime': 'net6.0',
  '--architecture': 'x86',
  '--base': '0x190000000',
  '--from': 'bytes',
  '--output': 'out',
  '--entry': 'a.dll',
  '--explain': 'NI070',
  '--check': 'src/other.cs',
  '--search': 'src',
  '--for': 'csharp',
  '--api': '2',
  '--project': 'P',
  '--method': 'Add',
  '--kind': 'export',
  '--area': 'header',
  '--fail-on': 'any',
  '--names': 'ida',
  '--length': '16',
};

/** What changes for other files only, and where that is tested. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'headers --unwind': 'headers.test.ts: an image with an exception directory',
  'dis --native': 'dis.test.ts: an image with native methods',
  'dis --strict': 'dis.test.ts: what no assembler takes',
  'dis --raw-eh': 'packages/il: exception clauses',
  'dis --public-only': 'goldens.test.ts: members that are not public',
  'lint --severity': 'goldens.test.ts: findings below it',
  'load --search': 'search.test.ts: libraries',
  'lint --fail-on': 'lint.test.ts: a finding below the default',
  'lint --baseline': 'lint.test.ts: the findings of a file',
  'lint --runtime': 'runtime.test.ts: rules of a runtime',
  'lint --search': 'search.test.ts: libraries',
  'lint --check': 'firmware.test.ts',
  'lint --signatures': 'interop.test.ts',
  'xref --search': 'search.test.ts has what --search takes; a reference that leads there: find.test.ts',
  'doctor --search': 'doctor.test.ts: folders with dependencies',
  'doctor --all': 'doctor.test.ts: findings that are left out',
  'doctor --suppressions': 'doctor.test.ts: findings that are accepted',
  'load --legacy-v2-policy': 'runtime.test.ts: an image of version 2',
  'load --native-first': 'load.test.ts',
  'load --collectible': 'goldens.test.ts',
  'load --runtimeconfig': 'runtime.test.ts',
  'load --no-relocate': 'load.test.ts: a base that is taken',
  'stubs --search': 'search.test.ts: base types of other assemblies',
};

async function outcome(words: readonly string[], isTerminal: boolean) {
  const io = { ...memoryIo(files), isTerminal, width: 10_000 };
  const exitCode = await run(words, io);
  return { exitCode, errors: io.errors.text, all: [exitCode, io.output.text, io.errors.text, ...io.files.keys()].join('\n') };
}

const CASES = COMMANDS.flatMap((command) =>
  optionsOf(command).flatMap(({ flags }) => {
    const long = /--[a-z0-9-]+/.exec(flags)?.[0] ?? '';
    // Times differ, and the log is written past the test's streams.
    if (long === '--log-level' || `${command.name} ${long}` in ELSEWHERE) return [];
    const given = flags.includes('<') ? [long, ...(VALUES[long] ?? '').split(' ')] : [long];
    return [[command.name, long, given] as const];
  }),
);

describe.each([
  ['text', []],
  ['--json', ['--json']],
])('%s', (_, shared: readonly string[]) => {
  const cases = CASES.filter(([name, long]) => shared.length === 0 || (long !== '--json' && name !== 'completion'));

  it.each(cases)('ijw %s %s', async (name, long, given) => {
    const line = [...(LINES[name] ?? `${name} mixed.dll`).split(' '), ...shared];
    const isTerminal = long === '--no-color';
    const { exitCode, errors, all } = await outcome([...line, ...given], isTerminal);
    if (exitCode === 2) expect(errors).toMatch(/^(ijw|error): .*\w/);
    // A document has no colours: that none are wanted is as it is.
    else if (shared.length > 0 && long === '--no-color') expect(all).toBe((await outcome(line, false)).all);
    // A document has every step.
    else if (shared.length > 0 && `${name} ${long}` === 'load --trace') expect(all).toContain('"step"');
    else expect(all).not.toBe((await outcome(line, isTerminal)).all);
  });
});
