/**
 * Compares the `.pe` files of nanoFramework packages with the `.dll` files that they were made from: the name and the instructions of every method, by the tokens of the
 * `.pdbx` beside them. npm run tool tools/compare-nano.ts [FOLDER …]: folders with packages; without one, packages of NuGet. Needs dotnet and NuGet for those.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assembly } from '@ijw/assembly';
import { decodeInstructions } from '@ijw/il';
import { type Metadata, type MethodDefToken, methodFullName } from '@ijw/metadata';
import { NanoAssembly, NanoCode, NanoNames } from '@ijw/nano';

const PACKAGES = [['nanoFramework.CoreLibrary', '1.17.11']] as const;

const PROJECT = `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup><ItemGroup>
${PACKAGES.map(([id, version]) => `<PackageDownload Include="${id}" Version="[${version}]" />`).join('\n')}
</ItemGroup></Project>`;

/** The two tokens of what the metadata processor kept. */
const PAIR = /<CLR>0x([0-9A-Fa-f]{8})<\/CLR>\s*<nanoCLR>0x([0-9A-Fa-f]{8})<\/nanoCLR>\s*<\/Token>/g;
const METHOD_DEF = 6;

const tally = { files: 0, methods: 0, instructions: 0, unknownNames: 0, different: 0 };

function report(text: string): void {
  tally.different++;
  if (tally.different <= 20) console.log(text);
}

interface Compared {
  readonly assembly: Assembly;
  readonly metadata: Metadata;
  readonly names: NanoNames;
  readonly code: NanoCode;
}

function compareMethod({ assembly, metadata, names, code }: Compared, token: MethodDefToken, index: number): void {
  const [full, own] = [methodFullName(metadata, token), names.of('MethodDef', index)];
  // A string of the runtime that is not known.
  if (/#[0-9A-F]{4}/.test(own)) tally.unknownNames++;
  else if (full !== own) report(`${full}: the .pe file says ${own}`);
  const body = assembly.bodyOf(token);
  const theirs = body === undefined ? [] : [...decodeInstructions(body)].map((one) => one.opCode?.name ?? '?');
  const nano = code.body(index);
  const ours = nano?.instructions.map(({ name }) => name) ?? [];
  tally.methods++;
  tally.instructions += ours.length;
  if (nano?.error !== undefined) report(`${full}: ${nano.error.message}`);
  // A method that the runtime has in native code has none in the .pe file.
  else if (nano !== undefined && ours.join(' ') !== theirs.join(' ')) report(`${full}: ${theirs.join(' ')} became ${ours.join(' ')}`);
}

async function compareFile(path: string): Promise<void> {
  const base = path.replace(/\.pe$/, '');
  if (!existsSync(`${base}.dll`) || !existsSync(`${base}.pdbx`)) return;
  const assembly = await Assembly.open(readFileSync(`${base}.dll`));
  const nano = NanoAssembly.parse(readFileSync(path));
  const compared = { assembly, metadata: assembly.requireMetadata(), names: new NanoNames(nano), code: new NanoCode(nano) };
  tally.files++;
  for (const [, clr = '', own = ''] of readFileSync(`${base}.pdbx`, 'utf8').matchAll(PAIR)) {
    const [token, index] = [Number.parseInt(clr, 16), Number.parseInt(own, 16)];
    if (token >>> 24 === METHOD_DEF) compareMethod(compared, token as MethodDefToken, index & 0xffff);
  }
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => (name.endsWith('.pe') ? [join(folder, name)] : []));

function fetched(folder: string): readonly string[] {
  writeFileSync(join(folder, 'packages.csproj'), PROJECT);
  const { status, error, stdout } = spawnSync('dotnet', ['restore', '--packages', 'packages'], { cwd: folder, encoding: 'utf8' });
  if (status === 0) return filesBelow(join(folder, 'packages'));
  console.log(`nanoFramework: skipped, the packages cannot be fetched: ${error?.message ?? stdout}`);
  return [];
}

const folder = mkdtempSync(join(tmpdir(), 'ijw-nano-'));
try {
  const given = process.argv.slice(2);
  for (const path of given.length > 0 ? given.flatMap(filesBelow) : fetched(folder)) await compareFile(path);
  const { files, methods, instructions, unknownNames, different } = tally;
  console.log(
    `nanoFramework: ${files} files, ${methods} methods, ${instructions} instructions, ${unknownNames} names unknown; ${different} differ`,
  );
  if (different > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
