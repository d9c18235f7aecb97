/** Compares our lines of decoded custom attributes (A) with those of System.Reflection.Metadata: npm run tool tools/compare-attributes.ts [FILE|FOLDER …] */
import { attributeLines } from '@ijw/metadata/canonical';
import { compareWithReference } from './reference-reader.ts';

await compareWithReference({
  name: 'attributes',
  command: ['attrs'],
  ours: (metadata) => Buffer.concat([...attributeLines(metadata)]),
  // The last line counts the attributes.
  part: (output) => output.subarray(0, Math.max(0, output.lastIndexOf('Z attributes='))),
});
