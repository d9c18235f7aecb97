/** Compares the product's lines with those of the reference reader, file by file. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { BadImageError } from '@ijw/binary';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { defaultFolders, filesOf, missingPeer, ORACLE } from './peers.ts';

const PARALLEL = 2;
const EXCLAMATION_MARK = 0x21;

export interface Comparison {
  readonly name: string;
  /** The oracle's command and its options, before and after the file. */
  readonly command: readonly [string, ...string[]];
  /** Our lines for a file with metadata. */
  readonly ours: (metadata: Metadata, image: PEImage) => Buffer;
  /** The part of the oracle's output that is compared; all of it by default. */
  readonly part?: (output: Buffer) => Buffer;
}

/** Compares the files and folders of the command line, or the default folders; sets the exit code to 1 when a file differs. */
export async function compareWithReference(comparison: Comparison): Promise<void> {
  const missing = missingPeer(ORACLE);
  if (missing !== undefined) {
    console.log(`${comparison.name}: skipped, ${missing}`);
    return;
  }
  const given = process.argv.slice(2);
  const paths = (given.length > 0 ? given : defaultFolders()).flatMap((folder) => [...filesOf(folder)]);
  const tally = { equal: 0, different: 0, unread: 0, refused: 0, lines: 0 };
  const next = paths.values();
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (const path of next) await compareFile(comparison, path, tally);
    }),
  );
  const { equal, different, unread, refused, lines } = tally;
  console.log(
    `${comparison.name}: ${equal} files equal (${lines} lines), ${different} different, ${unread} read by the reference only, ${refused} refused by it (most have no metadata)`,
  );
  if (different + unread > 0) process.exitCode = 1;
}

type Tally = Record<'equal' | 'different' | 'unread' | 'refused' | 'lines', number>;

async function compareFile({ command: [command, ...options], ours, part }: Comparison, path: string, tally: Tally): Promise<void> {
  const own = read(path, ours);
  const output = await ask(command, path, ...options);
  const refused = output[0] === EXCLAMATION_MARK || output.length === 0;
  const reference = part === undefined ? output : part(output);
  if (own === undefined || refused) {
    tally[refused ? 'refused' : 'unread']++;
    if (!refused) console.log(`${path}: the reference reads it, ijw does not`);
  } else if (own.equals(reference)) {
    tally.equal++;
    for (const byte of reference) if (byte === 0x0a) tally.lines++;
  } else {
    tally.different++;
    console.log(`${path}: ${firstDifference(own, reference)}`);
  }
}

/** Our lines, or undefined for a file whose metadata cannot be read. */
function read(path: string, ours: Comparison['ours']): Buffer | undefined {
  try {
    const image = PEImage.parse(readFileSync(path));
    const metadata = Metadata.of(image);
    return metadata && ours(metadata, image);
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}

/** What the oracle prints, as bytes. */
const ask = (...words: readonly string[]): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const child = spawn('dotnet', [ORACLE, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(chunks)));
  });

/** The first line that differs, ours and theirs. */
function firstDifference(ours: Buffer, theirs: Buffer): string {
  const [a, b] = [ours.toString('latin1').split('\n'), theirs.toString('latin1').split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return `line ${at + 1}: ijw "${a[at] ?? ''}", reference "${b[at] ?? ''}"`;
}
