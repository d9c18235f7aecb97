// The IL of a method: each instruction with the names that its tokens stand for.
import { readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';
import { decodeInstructions } from '@ijw/il';
import { methodSignatureText } from '@ijw/metadata';

const [file = '', member = ''] = process.argv.slice(2);
const assembly = await Assembly.open(readFileSync(file));
for (const method of assembly.methods(member)) {
  const body = assembly.bodyOf(method);
  if (body === undefined) continue;
  console.log(`${methodSignatureText(assembly.requireMetadata(), method)}, ${body.codeSize} bytes`);
  for (const instruction of decodeInstructions(body))
    console.log(`  IL_${instruction.offset.toString(16).padStart(4, '0')}: ${assembly.text(instruction)}`);
}
