/**
 * Runs deployments for real and compares what happens with what `ijw doctor` says: .NET on Linux, and with CLR_ORACLE (a folder that `../shared/oracles/clr/run.sh`
 * has set up) CoreCLR for Windows under Wine.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { memoryFiles } from '@ijw/assembly';
import { Deployment, type Diagnosis, diagnose, type OperatingSystem, verdictText } from '@ijw/deployment';
import { LINUX_CASES, type RunCase, WINE_CASES } from './doctor-runs/cases.ts';
import { dotnetFolder } from './peers.ts';

const FRAMEWORK = 'net10.0';
const PROJECT = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>${FRAMEWORK}</TargetFramework>
    <AssemblyName>probe</AssemblyName>
    <GenerateDependencyFile>false</GenerateDependencyFile>
    <InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>
</Project>
`;

const work = mkdtempSync(join(tmpdir(), 'ijw-doctor-runs-'));

/** Builds the program that does one thing in the folder of a deployment. */
function buildProbe(rid: string): string {
  const folder = join(work, rid);
  mkdirSync(folder);
  writeFileSync(join(folder, 'probe.csproj'), PROJECT);
  copyFileSync(new URL('doctor-runs/probe.cs', import.meta.url), join(folder, 'probe.cs'));
  execFileSync('dotnet', ['build', '-r', rid, '--no-self-contained', '-o', join(folder, 'out'), '-v', 'q'], { cwd: folder, stdio: 'pipe' });
  return join(folder, 'out');
}

/** What happened: an exception with its HRESULT, or nothing. */
interface Outcome {
  readonly exception?: string;
  readonly hresult?: number;
  readonly text: string;
}

function outcomeOf(output: string): Outcome {
  const line = output.split(/\r?\n/).find((each) => /^(?:OK|EX )/.test(each)) ?? '';
  const [, exception, hresult, text = ''] = /^EX (\S+) (\d+) (.*)$/.exec(line) ?? [];
  if (exception === undefined) return { text: line === 'OK' ? 'OK' : output.trim() };
  return { exception, hresult: Number(hresult), text };
}

interface Place {
  readonly name: string;
  readonly os: OperatingSystem;
  readonly rid: string;
  readonly compiler: string;
  readonly cases: readonly RunCase[];
  readonly start: (folder: string, args: readonly string[]) => string;
}

const output = (command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string => {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 180_000 });
  return `${stdout}${stderr}`;
};

function writeDeployment(folder: string, { files, libraries = {} }: RunCase, { compiler }: Place): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  for (const [name, { source, flags = [] }] of Object.entries(libraries)) {
    writeFileSync(join(folder, 'source.c'), source);
    execFileSync(compiler, ['-shared', '-fPIC', '-nostdlib', '-o', name, 'source.c', ...flags], { cwd: folder });
    rmSync(join(folder, 'source.c'));
  }
  // What others need is linked against, and then gone.
  rmSync(join(folder, 'libgone.so'), { force: true });
}

/** The deployment as the doctor sees it: the files of the folder, without the probe. */
async function examine(folder: string, { file, files, libraries = {} }: RunCase, { os }: Place): Promise<Diagnosis | undefined> {
  const paths = [...Object.keys(files), ...Object.keys(libraries)].filter((path) => existsSync(join(folder, path)));
  const source = memoryFiles(folder, new Map(paths.map((path) => [path, new Uint8Array(readFileSync(join(folder, path)))])));
  const report = diagnose(await Deployment.open({ source, file, os, architecture: 'x64', runtime: FRAMEWORK }));
  return report.diagnoses[0];
}

/** Why the two differ; `undefined` where they agree. */
function difference({ codesDiffer }: RunCase, { exception, hresult, text }: Outcome, diagnosis: Diagnosis | undefined): string | undefined {
  if (diagnosis === undefined) return 'no diagnosis';
  const first = diagnosis.findings.filter(({ level }) => level !== 'info');
  if (exception === undefined)
    return text !== 'OK' ? `it printed ${text}` : diagnosis.verdict === 'will-not-load' ? verdictText(diagnosis) : undefined;
  if (first.length === 0) return 'the doctor finds nothing';
  if (codesDiffer) return undefined;
  const agrees = first.some((finding) => finding.exception === exception && finding.hresult === hresult);
  return agrees ? undefined : `the doctor says ${first[0]?.exception} 0x${first[0]?.hresult?.toString(16)}`;
}

async function runPlace(place: Place): Promise<number> {
  const probe = buildProbe(place.rid);
  let failed = 0;
  for (const [index, each] of place.cases.entries()) {
    const folder = join(work, `${place.rid}-${index}`);
    writeDeployment(folder, each, place);
    const diagnosis = await examine(folder, each, place);
    for (const name of ['probe.dll', 'probe.runtimeconfig.json', 'probe.exe'])
      if (existsSync(join(probe, name))) copyFileSync(join(probe, name), join(folder, name));
    const outcome = outcomeOf(place.start(folder, [each.action, each.file]));
    const problem = difference(each, outcome, diagnosis);
    if (problem !== undefined) failed++;
    const happened = outcome.exception === undefined ? outcome.text : `${outcome.exception} 0x${outcome.hresult?.toString(16)}`;
    console.log(
      `${problem === undefined ? 'agree ' : 'DIFFER'}  ${place.name}: ${each.name}: ${happened}${problem === undefined ? '' : ` (${problem}; ${outcome.text})`}`,
    );
  }
  return failed;
}

const linux: Place = {
  name: 'Linux',
  os: 'linux',
  rid: 'linux-x64',
  compiler: 'gcc',
  cases: LINUX_CASES,
  start: (folder, args) => output('dotnet', [join(folder, 'probe.dll'), ...args]),
};

const wine = (oracle: string): Place => ({
  name: 'Wine',
  os: 'win10',
  rid: 'win-x64',
  compiler: 'x86_64-w64-mingw32-gcc',
  cases: WINE_CASES,
  start: (folder, args) =>
    output('/usr/lib/wine/wine64', [join(folder, 'probe.exe'), ...args], {
      WINEPREFIX: join(oracle, 'prefix'),
      WINEDEBUG: '-all',
      DOTNET_ROOT: `Z:${join(oracle, 'out/dotnetroot').replaceAll('/', '\\')}`,
    }),
});

try {
  const oracle = process.env.CLR_ORACLE || undefined;
  const places = [...(dotnetFolder() === undefined ? [] : [linux]), ...(oracle === undefined ? [] : [wine(oracle)])];
  if (places.length === 0) console.log('skipped: dotnet is not installed');
  if (oracle === undefined) console.log('skipped: CLR_ORACLE names no folder with CoreCLR for Windows');
  let failed = 0;
  for (const place of places) failed += await runPlace(place);
  console.log(`${places.reduce((sum, { cases }) => sum + cases.length, 0)} deployments, ${failed} differ`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
