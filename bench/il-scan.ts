/** Walks every instruction of an assembly, and lets System.Reflection.Metadata do the same in the same run: npm run bench bench/il-scan.ts FILE [REPEATS] */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { scanInstructions, writeILListing } from '@ijw/il';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { measure, report } from './measure.ts';
import { comparePeer } from './peer.ts';

const [path, repeats = '15'] = process.argv.slice(2);
if (path === undefined) throw new Error('Which file?');
const bytes = readFileSync(path);

const open = (): [PEImage, Metadata] => {
  const image = PEImage.parse(bytes);
  const metadata = Metadata.of(image);
  if (metadata === undefined) throw new Error('The file has no metadata');
  return [image, metadata];
};

function scan(): number {
  let instructions = 0;
  scanInstructions(...open(), () => {
    instructions++;
  });
  return instructions;
}

function list(): number {
  let size = 0;
  writeILListing(...open(), (chunk) => {
    size += chunk.length;
  });
  return size;
}

const ours = measure(scan, Number(repeats));
console.log(basename(path));
report('instructions', ours);
report('listing, bytes', measure(list, Number(repeats)));
comparePeer(ours, 'il', 'srm', path, Number(repeats));
