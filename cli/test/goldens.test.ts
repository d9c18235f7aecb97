// Every command and option against recorded text: on terminals of 80 and 200 columns with NO_COLOR, and in a pipe. `vitest -u` records it again.
import { join } from 'node:path';
import { buildMixedImage, deployedImage, managedSample } from '@ijw/fixtures';
import { BundleFileType, writeSingleFileBundle } from '@ijw/pe/containers';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/command-list.ts';
import { optionsOf } from '../src/options.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const files = {
  'mixed.dll': buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots: ['Add', 'Twice'] }] }).bytes,
  'managed.dll': managedSample(),
  'bad.dll': buildMixedImage({ architecture: 'x86', host: 'mscoree.dll', records: [{ type: 5, slots: ['Add'] }], cli: { flags: 1 } }).bytes,
  bundle: writeSingleFileBundle(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46), {
    majorVersion: 6,
    bundleId: 'id',
    entries: [{ path: 'lib/managed.dll', type: BundleFileType.Assembly, bytes: managedSample() }],
  }),
  'accepted.json': text('[{"rule":"NI070","target":"<Module>::*","reason":"seen"}]'),
  'known.json': text('{"version":1,"findings":[]}'),
  'signatures.txt': text(''),
  'search/other.dll': text(''),
  'bin/core.dll': buildMixedImage({
    architecture: 'x64',
    host: 'ijwhost.dll',
    name: 'core',
    imports: [
      { name: 'helper.dll', symbols: [{ name: 'f' }] },
      { name: 'VCRUNTIME140.dll', symbols: [{ name: 'memset' }] },
    ],
    records: [{ type: 6, slots: ['Add', 'Twice'] }],
  }).bytes,
  'bin/helper.dll': deployedImage({ machine: 'x86', exports: ['f'] }),
  'bin/Host.exe': deployedImage({ program: true, imports: { 'core.dll': ['Add_0'] } }),
  'host/ijwhost.dll': deployedImage({ exports: ['_CorDllMain', 'GetTokenForVTableEntry'] }),
  'seen.json': text('[{"rule":"DR302","target":"*helper.dll","reason":"replaced at installation"}]'),
};

/** The command lines whose text is recorded; together they have every option that changes a text. */
const LINES: readonly string[] = [
  'info mixed.dll managed.dll',
  'info mixed.dll --runtime net40',
  'info mixed.dll --layout file',
  'headers mixed.dll',
  'headers mixed.dll --raw',
  'headers mixed.dll --unwind',
  'tables managed.dll',
  'tables managed.dll TypeDef',
  'tables managed.dll MethodDef',
  'tables managed.dll CustomAttribute',
  'tables managed.dll 0x06000001',
  'tables managed.dll #GUID',
  'tables managed.dll Module --raw',
  'tables managed.dll Module --resolved',
  'dis mixed.dll Twice',
  'dis mixed.dll Twice --tokens --bytes',
  'dis mixed.dll Twice --raw-eh',
  'dis mixed.dll Twice --strict',
  'dis mixed.dll NativeAdd --native',
  'dis mixed.dll Twice --source --source-root src',
  'dis mixed.dll Twice --line-numbers',
  'dis mixed.dll Twice --listing',
  'dis mixed.dll Twice --headers',
  'dis mixed.dll Twice --quote-all-names --class-list',
  'dis mixed.dll --no-il --no-ca',
  'dis mixed.dll --ca-verbal --public-only',
  'dis mixed.dll --visibility PUB --forward',
  'boundary mixed.dll',
  'boundary mixed.dll --dot',
  'boundary mixed.dll --names ida',
  'boundary mixed.dll --names csv',
  'interop inventory bad.dll',
  'interop verdicts mixed.dll',
  'interop registry bad.dll --signatures signatures.txt',
  'lint bad.dll mixed.dll',
  'lint bad.dll --rule NI070 --severity error --fail-on error',
  'lint bad.dll --signatures signatures.txt --rule NI071',
  'lint bad.dll --suppressions accepted.json',
  'lint bad.dll --runtime net40 --search search',
  'lint --explain NI070',
  'load mixed.dll',
  'load mixed.dll --trace --base 0x190000000 --host framework --architecture x64',
  'load mixed.dll --runtime net40',
  'load mixed.dll --from bytes --collectible',
  'load mixed.dll --native-first --runtimeconfig missing',
  'load mixed.dll --native-first --no-relocate --search search',
  'doctor bin/core.dll',
  'doctor bin --all',
  'doctor bin/core.dll --runtime net5.0 --architecture x86 --os win7',
  'doctor bin/core.dll --app bin/Host.exe --started native --search host',
  'doctor bin/core.dll --search host --suppressions seen.json',
  'doctor bin/core.dll --dot',
  'doctor bin/core.dll --code 0x8007007E --runtime net10.0',
  'doctor --code 0x8007000b',
  'doctor --explain DR401',
  'doctor managed.dll',
  'tour mixed.dll',
  'tour mixed.dll --trace',
  'tour mixed.dll --host framework --runtime net40',
  'stubs mixed.dll --for c',
  'stubs mixed.dll --for csharp --search search',
  'find *w* mixed.dll managed.dll',
  'find Add mixed.dll --kind method,export',
  'find e managed.dll --strings',
  'find 1 managed.dll mixed.dll --constants',
  'find * managed.dll --attributes',
  'xref Twice mixed.dll',
  'xref Add mixed.dll --kind slot --search search',
  'diff mixed.dll bad.dll',
  'diff mixed.dll bad.dll --format markdown --area boundary',
  'diff mixed.dll managed.dll --fail-on any --area header',
  'hex mixed.dll 0x06000001',
  'hex mixed.dll offset:0x80 --length 64',
  'resources managed.dll',
  'resources mixed.dll',
  'extract mixed.dll',
  'extract bundle',
  'demangle ?f@@YAHH@Z ?g@@YAXPEAX@Z',
  'demangle --json ?f@@YAHH@Z',
];

/** Options without a recorded text, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '--overwrite': 'take-apart.test.ts',
  '--json': 'documents: several-files.test.ts and the tests of each document',
  '--output': 'process.test.ts',
  '--color': 'several-files.test.ts',
  '--no-color': 'several-files.test.ts',
  '--log-level': 'times differ',
  '--layout': 'the same code for every command: info',
  '--entry': 'bundle.test.ts',
  '--legacy-v2-policy': 'runtime.test.ts',
  '--check': 'firmware.test.ts',
  '--exclude-type': 'stubs.test.ts',
  '--exclude-types': 'stubs.test.ts',
  '--base': 'firmware.test.ts',
  '--format': 'lint.test.ts',
  '--baseline': 'lint.test.ts',
  '--write-baseline': 'lint.test.ts',
  '--api': 'stubs.test.ts',
  '--bare': 'stubs.test.ts',
  '--project': 'stubs.test.ts',
  '--method': 'stubs.test.ts',
};

const PLACES = [
  ['a terminal of 80 columns', { isTerminal: true, width: 80, environment: { NO_COLOR: '1' } }],
  ['a terminal of 200 columns', { isTerminal: true, width: 200, environment: { NO_COLOR: '1' } }],
  ['a pipe', {}],
] as const;

async function recorded(line: string): Promise<string> {
  const parts: string[] = [];
  let last = '';
  for (const [place, terminal] of PLACES) {
    const io = { ...memoryIo(files), ...terminal };
    const exitCode = await run(line.split(' '), io);
    const shown = `${io.output.text}${io.errors.text}`;
    // Short text is the same everywhere.
    parts.push(`=== ijw ${line}: ${place}, exit code ${exitCode}\n${shown === last ? '(as before)\n' : shown}`);
    last = shown;
  }
  return parts.join('\n');
}

describe.each(COMMANDS.map(({ name }) => name).filter((name) => name !== 'completion'))('ijw %s', (name) => {
  const lines = LINES.filter((line) => line.split(' ')[0] === name);

  it('prints what is recorded', async () => {
    const text = (await Promise.all(lines.map(recorded))).join('\n');
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, `goldens/${name}.txt`));
  });

  it('prints help as recorded', async () => {
    const text = (await recorded(`${name} --help`)).trimEnd();
    await expect(`${text}\n`).toMatchFileSnapshot(join(import.meta.dirname, `goldens/${name}-help.txt`));
  });
});

it('has every option, or says where it is tested', () => {
  const used = new Set(
    LINES.flatMap((line) =>
      line
        .split(' ')
        .filter((word) => word.startsWith('--'))
        .map((word) => `${line.split(' ')[0]} ${word}`),
    ),
  );
  const missing = COMMANDS.flatMap((command) =>
    optionsOf(command).flatMap(({ flags }) => {
      const long = /--[a-z0-9-]+/.exec(flags)?.[0] ?? '';
      return used.has(`${command.name} ${long}`) || long in ELSEWHERE ? [] : [`${command.name} ${long}`];
    }),
  );
  expect(missing).toEqual([]);
});
