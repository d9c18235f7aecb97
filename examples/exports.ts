// The exports of an image: ordinal, name as C++ declares it, and address or forwarder.
import { readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';
import { demangle } from '@ijw/demangle';
import { readExportDirectory } from '@ijw/pe/exports';

const [file = ''] = process.argv.slice(2);
const assembly = await Assembly.open(readFileSync(file));
for (const { ordinal, name, rva = 0, forwarder } of readExportDirectory(assembly.requireImage())?.symbols ?? [])
  console.log(`${ordinal} ${name === undefined ? '' : demangle(name).text} ${forwarder ?? `0x${rva.toString(16)}`}`);
