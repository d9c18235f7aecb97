/**
 * Builds a library from the C header that is generated for an assembly, and lets .NET call it: npm run tool tools/call-generated.ts. Each call must give what the managed declaration promises.
 * Needs gcc and a .NET SDK.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembly } from '@ijw/assembly';
import { cStubs, readNativeBoundary } from '@ijw/interop/stubs';

/** What each call of Calls.cs gives. */
const EXPECTED = `Add 42
Wide 4000065535
Mix 203.75
Swap 2 1
SumPacked 6.5 -3
UpperOf 7
ReadRecord 112 xbc 30 200 False
LengthA 4 -1
LengthW 5
BoolValue 1
Not False True
Unit 65
Sum 6
Increment 42
Fill zzz
Twice 42
TwiceFails ArgumentException
Call 7
CallPointer 15
FirstOf 11223344
FirstAt 11223344
Negate -12.50
Days 2.5
Address 1234
Renamed 7
`;

function run(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')}\n${error?.message ?? ''}${stdout}${stderr}`);
}

const isThere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

const missing = ['gcc', 'dotnet'].filter((program) => !isThere(program));
if (missing.length > 0) {
  console.log(`skipped: ${missing.join(' and ')} not found`);
  process.exit();
}

const folder = mkdtempSync(join(tmpdir(), 'ijw-calls-'));
try {
  cpSync(join(import.meta.dirname, 'generated-calls'), folder, { recursive: true });
  run('dotnet', ['build', '-c', 'Release', '-o', 'out', '--nologo', '-v', 'q', '--disable-build-servers'], folder);
  const { files, refusals } = cStubs(readNativeBoundary(await Assembly.open(readFileSync(join(folder, 'out/Calls.dll')))));
  if (refusals.length > 0) throw new Error(`Not written: ${refusals.map(({ method, reason }) => `${method}: ${reason}`).join('; ')}`);
  for (const { path, text } of files) writeFileSync(join(folder, path), text);
  const warnings = ['-Wall', '-Wextra', '-Werror', '-Wmissing-prototypes'];
  run('gcc', ['-std=c11', ...warnings, '-O2', '-fPIC', '-shared', '-o', 'out/libijwcalls.so', 'native.c'], folder);
  const lines = run('dotnet', ['out/Calls.dll'], folder).split('\n');
  const expected = EXPECTED.split('\n');
  const wrong = expected.flatMap((line, index) => (line === lines[index] ? [] : [`${line}: ${lines[index] ?? 'nothing'}`]));
  console.log(`${expected.length - 1 - wrong.length} of ${expected.length - 1} calls give the declared result`);
  for (const line of wrong) console.log(`  ${line}`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
