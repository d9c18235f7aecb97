// The callers of a method, with the offset of each call in the caller's IL.
import { readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';
import { methodSignatureText } from '@ijw/metadata';

const [file = '', member = ''] = process.argv.slice(2);
const assembly = await Assembly.open(readFileSync(file));
const metadata = assembly.requireMetadata();
for (const method of assembly.methods(member)) {
  console.log(methodSignatureText(metadata, method));
  for (const { method: caller, offset, opCode } of assembly.callersOf(method))
    console.log(`  ${opCode.name} at 0x${offset.toString(16)} in ${methodSignatureText(metadata, caller)}`);
}
