/** Compares our listing of IL bodies with that of System.Reflection.Metadata: npm run tool tools/compare-il.ts [FILE|FOLDER …] */
import { writeILListing } from '@ijw/il';
import { compareWithReference } from './reference-reader.ts';

await compareWithReference({
  name: 'il',
  command: ['il', '--list'],
  ours: (metadata, image) => {
    const chunks: Buffer[] = [];
    writeILListing(image, metadata, (bytes) => chunks.push(Buffer.from(bytes)));
    return Buffer.concat(chunks);
  },
});
