// The source lines of each method, from the portable PDB in an image or beside it.
import { existsSync, readFileSync } from 'node:fs';
import { Assembly, memoryFiles } from '@ijw/assembly';
import { makeToken, TableId } from '@ijw/metadata';

const [file = ''] = process.argv.slice(2);
const assembly = await Assembly.open(readFileSync(file));
const metadata = assembly.requireMetadata();
const beside = file.replace(/\.[^./\\]*$/, '.pdb');
const files = memoryFiles('folder', new Map(existsSync(beside) ? [[beside, readFileSync(beside)]] : []));
const { pdb, missing } = await assembly.portablePdb(file, files);
if (pdb === undefined) console.log(missing);
for (let rid = 1; pdb !== undefined && rid <= metadata.tables.MethodDef.rowCount; rid++) {
  for (const point of pdb.sequencePoints(rid)?.points ?? []) {
    if (point.kind === 'hidden') continue;
    const place = `${pdb.document(point.document).name}:${point.startLine}`;
    console.log(`${assembly.nameOf(makeToken(TableId.MethodDef, rid))} IL_${point.offset.toString(16).padStart(4, '0')} ${place}`);
  }
}
