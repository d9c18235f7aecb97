// Compares our lines of decoded custom attributes (A) with those of System.Reflection.Metadata, byte by byte: node tools/compare-attributes.js [FILE|FOLDER …]
// Without arguments: the corpus beside the repository and the folders of the installed .NET. Needs `npm run build`, dotnet, and the oracle that
// `../shared/oracles/run.sh setup` builds; where one of them is missing, it says so and ends with 0.
import { readFileSync } from 'node:fs';
import { BadImageError } from '@ijw/binary';
import { attributeLines, Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { ask, defaultFolders, filesOf, firstDifference, whyUnavailable } from './reference-reader.js';

const PARALLEL = 2;

/** Our lines, or undefined where the file has no metadata that can be read. */
function ours(path) {
  try {
    const metadata = Metadata.of(PEImage.parse(readFileSync(path)));
    return metadata && Buffer.concat([...attributeLines(metadata)]);
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}

/** The reference's lines without the last one, which counts them. */
async function theirs(path) {
  const lines = await ask('attrs', path);
  return lines.subarray(0, Math.max(0, lines.lastIndexOf('Z attributes=')));
}

async function compare(path, tally) {
  const own = ours(path);
  if (own === undefined) {
    tally.unmanaged++;
    return;
  }
  const reference = await theirs(path);
  tally.lines += reference.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 0);
  if (own.equals(reference)) tally.equal++;
  else {
    tally.different++;
    console.log(`${path}: ${firstDifference(own, reference)}`);
  }
}

const unavailable = whyUnavailable();
if (unavailable !== undefined) console.log(`compare-attributes: skipped, ${unavailable}`);
else {
  const folders = process.argv.length > 2 ? process.argv.slice(2) : defaultFolders();
  const next = folders.flatMap((folder) => [...filesOf(folder)]).values();
  const tally = { equal: 0, different: 0, unmanaged: 0, lines: 0 };
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (const path of next) await compare(path, tally);
    }),
  );
  console.log(`${tally.equal} equal, ${tally.different} different, ${tally.unmanaged} without metadata; ${tally.lines} attributes`);
  if (tally.different > 0) process.exitCode = 1;
}
