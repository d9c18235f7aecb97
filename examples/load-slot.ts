// Loads a mixed-mode image as .NET does, and checks a slot of its vtable fixups: the token that it held, and the thunk that it holds now.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Loader } from '@ijw/loader';

const [file = '', index = '0'] = process.argv.slice(2);
const outcome = new Loader({ host: 'core' }).load(readFileSync(file), { path: basename(file) });
if (outcome.outcome === 'refused') {
  console.log(`refused: ${outcome.reason}`);
} else {
  const { slots } = outcome.module;
  console.log(`loaded, ${slots.length} slots`);
  const slot = slots[Number(index)];
  if (slot !== undefined) {
    console.log(`slot ${index}: token 0x${slot.token.toString(16).padStart(8, '0')}, ${slot.method}`);
    console.log(
      `leads to ${slot.content.kind === 'raw' ? 'what the file holds' : `a ${slot.content.kind} thunk of ${slot.content.size} bytes`}`,
    );
  }
}
