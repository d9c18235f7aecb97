// Compares our lines of metadata tables (H, T and R) with those of System.Reflection.Metadata, byte by byte: node tools/compare-tables.js [FILE|FOLDER …]
// Without arguments: the corpus beside the repository and the folders of the installed .NET. Needs `npm run build`, dotnet, and the oracle that
// `../shared/oracles/run.sh setup` builds; where one of them is missing, it says so and ends with 0.
import { readFileSync } from 'node:fs';
import { BadImageError } from '@ijw/binary';
import { headerLines, Metadata, rawTableLines, resolvedTableLines } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { ask, defaultFolders, filesOf, firstDifference, whyUnavailable } from './reference-reader.js';

const PARALLEL = 2;

/** Our lines in the order of the oracle's, or undefined where the file has no metadata that can be read. */
function ours(path) {
  try {
    const image = PEImage.parse(readFileSync(path));
    const metadata = Metadata.of(image);
    if (metadata === undefined) return undefined;
    const header = Buffer.from(`${[...headerLines(metadata, image)].join('\n')}\n`);
    return Buffer.concat([header, ...rawTableLines(metadata), ...resolvedTableLines(metadata)]);
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}

async function compare(path, tally) {
  const own = ours(path);
  const reference = await ask('tables', path);
  const refused = reference[0] === 0x21;
  if (own === undefined || refused) {
    tally[refused ? 'refused' : 'unread']++;
    if (!refused) console.log(`${path}: SRM reads it, ijw does not`);
  } else if (own.equals(reference)) tally.equal++;
  else {
    tally.different++;
    console.log(`${path}: ${firstDifference(own, reference)}`);
  }
}

const unavailable = whyUnavailable();
if (unavailable !== undefined) console.log(`compare-tables: skipped, ${unavailable}`);
else {
  const folders = process.argv.length > 2 ? process.argv.slice(2) : defaultFolders();
  const paths = folders.flatMap((folder) => [...filesOf(folder)]);
  const tally = { equal: 0, different: 0, unread: 0, refused: 0 };
  const next = paths.values();
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (const path of next) await compare(path, tally);
    }),
  );
  const { equal, different, unread, refused } = tally;
  console.log(`${equal} equal, ${different} different, ${unread} read by SRM only, ${refused} that SRM refuses (no metadata, mostly)`);
  if (different + unread > 0) process.exitCode = 1;
}
