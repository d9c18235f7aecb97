// Every P/Invoke of an assembly: the calling convention, and the native function or the address that it reaches.
import { readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';

const [file = ''] = process.argv.slice(2);
const assembly = await Assembly.open(readFileSync(file));
const calls = assembly.boundary.crossings.filter(({ by }) => by === 'rva' || by === 'named');
for (const { method, convention, names, address = 0 } of calls)
  console.log(`${method} (${convention?.convention}): ${names.join(', ') || `code at RVA 0x${address.toString(16)}`}`);
console.log(`${calls.length} P/Invokes`);
