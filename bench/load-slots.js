// Loads mixed-mode images with 100, 1 000 and 10 000 slots, thunks and all: node bench/load-slots.js [FILE…] [--repeats N]
// Needs `npm run build`. The time must grow with the slots and no faster. The memory of a real image stays below three times the image; the made ones are
// hardly more than slots, each of which brings the code and data of its thunks.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { buildMixedImage } from '@ijw/fixtures';
import { Loader } from '@ijw/loader';
import { PEImage } from '@ijw/pe';

const operands = process.argv.slice(2);
const at = operands.indexOf('--repeats');
const repeats = at < 0 ? 15 : Number(operands.splice(at, 2)[1]);

function synthetic(count) {
  const records = Array.from({ length: count / 10 }, () => ({ type: 6, slots: Array(10).fill('Add') }));
  return { name: `${count} slots`, bytes: buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records }).bytes };
}

const images = [100, 1000, 10_000].map(synthetic);
for (const file of operands) images.push({ name: basename(file), bytes: readFileSync(file) });

for (const { name, bytes } of images) {
  const times = [];
  let loader;
  let outcome;
  for (let round = 0; round <= repeats; round++) {
    const start = performance.now();
    loader = new Loader({ host: 'core' });
    outcome = loader.load(bytes, { path: 'image.dll' });
    times.push(performance.now() - start);
  }
  if (outcome.outcome !== 'loaded') throw new Error(`${name}: ${outcome.reason}`);
  const [first, ...warm] = times;
  const best = Math.min(...warm);
  const { length } = outcome.module.slots;
  const { memory } = loader.process.memory;
  const size = PEImage.parse(bytes).optionalHeader.sizeOfImage;
  const perSlot = `${((best / length) * 1000).toFixed(1)} µs a slot`;
  console.log(
    `${name.padEnd(34)} first ${first.toFixed(1)} ms, warm ${best.toFixed(1)} ms (${perSlot}), memory ${(memory.buffer.byteLength / size).toFixed(2)} × the image of ${size} bytes`,
  );
}
