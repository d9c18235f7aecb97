// Writes the sample program that other examples read: IL, attributes, resources and a portable PDB.
import { writeFileSync } from 'node:fs';
import { programImage } from '@ijw/fixtures';

const [file = 'examples/program.dll'] = process.argv.slice(2);
writeFileSync(file, programImage());
console.log(`${file} written`);
