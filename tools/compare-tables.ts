/** Compares our lines of metadata tables (H, T and R) with those of System.Reflection.Metadata: npm run tool tools/compare-tables.ts [FILE|FOLDER …] */
import { headerLines, rawTableLines, resolvedTableLines } from '@ijw/metadata/canonical';
import { compareWithReference } from './reference-reader.ts';

await compareWithReference({
  name: 'tables',
  command: ['tables'],
  ours: (metadata, image) => {
    const header = Buffer.from(`${[...headerLines(metadata, image)].join('\n')}\n`);
    return Buffer.concat([header, ...rawTableLines(metadata), ...resolvedTableLines(metadata)]);
  },
});
