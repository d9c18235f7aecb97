// Compares our listing of IL bodies with that of System.Reflection.Metadata, line by line: node tools/compare-il.js [FILE|FOLDER …]
// Without arguments: the corpus beside the repository and every folder of the installed .NET. Needs `npm run build`, dotnet, and the oracle that
// `../shared/oracles/run.sh setup` builds; where one of them is missing, it says so and ends with 0.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadImageError } from '@ijw/binary';
import { writeILListing } from '@ijw/il';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';

const shared = fileURLToPath(new URL('../../shared', import.meta.url));
const peers = process.env.PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ijw-oracles');
const oracle = process.env.ORACLE ?? join(peers, 'bin/oracle.dll');
const PARALLEL = 2;

/** The folder that dotnet is installed in, or undefined. */
function dotnetFolder() {
  try {
    const found = process.env.DOTNET_ROOT ?? execFileSync('sh', ['-c', 'command -v dotnet'], { encoding: 'utf8' }).trim();
    return statSync(found).isDirectory() ? found : dirname(realpathSync(found));
  } catch {
    return undefined;
  }
}

function* filesOf(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && /\.(dll|exe|node|netmodule)$/i.test(entry.name)) yield join(entry.parentPath, entry.name);
  }
}

/** Our listing, or undefined where the file has no metadata that can be read. */
function ours(path) {
  try {
    const image = PEImage.parse(readFileSync(path));
    const metadata = Metadata.of(image);
    if (metadata === undefined) return undefined;
    const chunks = [];
    const totals = writeILListing(image, metadata, (bytes) => chunks.push(Buffer.from(bytes)));
    return { text: Buffer.concat(chunks), totals };
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}

const theirs = (path) =>
  new Promise((resolve, reject) => {
    const child = spawn('dotnet', [oracle, 'il', path, '--list'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(chunks)));
  });

/** The first line that differs, ours and theirs. */
function firstDifference(one, other) {
  const [a, b] = [one.toString('latin1').split('\n'), other.toString('latin1').split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return `line ${at + 1}: ijw "${a[at] ?? ''}", SRM "${b[at] ?? ''}"`;
}

async function compare(path, tally) {
  const own = ours(path);
  if (own === undefined) {
    tally.unmanaged++;
    return;
  }
  const reference = await theirs(path);
  if (reference[0] === 0x21) {
    tally.refused++;
    console.log(`${path}: SRM refuses it: ${reference.toString('latin1').split('\n')[0]}`);
  } else if (own.text.equals(reference)) {
    tally.equal++;
    tally.instructions += own.totals.instructions;
  } else {
    tally.different++;
    console.log(`${path}: ${firstDifference(own.text, reference)}`);
  }
}

const dotnet = dotnetFolder();
if (dotnet === undefined || !existsSync(oracle)) {
  console.log(`Nothing compared: ${dotnet === undefined ? 'dotnet is not installed' : `the oracle is not built (${oracle})`}`);
} else {
  const asked = process.argv.slice(2);
  const roots = asked.length > 0 ? asked : [join(shared, 'corpus'), join(dotnet, 'shared'), join(dotnet, 'sdk')];
  const paths = roots.flatMap((root) => [...filesOf(root)]);
  const tally = { equal: 0, different: 0, refused: 0, unmanaged: 0, instructions: 0 };
  const next = paths.values();
  const worker = async () => {
    for (const path of next) await compare(path, tally);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  console.log(
    `${tally.equal} equal (${tally.instructions} instructions), ${tally.different} different, ${tally.refused} refused by SRM, ${tally.unmanaged} without metadata`,
  );
  process.exitCode = tally.different > 0 ? 1 : 0;
}
