/**
 * Loads mixed-mode images with 100, 1 000 and 10 000 slots: npm run bench bench/load-slots.ts -- [FILE…] [--repeats N]. Of each image the load alone, and the load with every
 * slot's marshalling code, which is otherwise made at the first call. `NODE_OPTIONS=--expose-gc` shows what the objects of a load take, too.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { buildMixedImage } from '@ijw/fixtures';
import { type LoadedOutcome, Loader } from '@ijw/loader';
import { encodeMethodSignature, type TypeNode } from '@ijw/metadata/signatures';
import { PEImage } from '@ijw/pe';
import { measure } from './measure.ts';

const operands = process.argv.slice(2);
const at = operands.indexOf('--repeats');
const repeats = at < 0 ? 15 : Number(operands.splice(at, 2)[1]);

const FIRST_OWN_METHOD = 0x06000006;
const PARAMETERS = ['int32', 'int64', 'float32', 'float64', 'native int'] as const;

interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every slot leads to one and the same method. */
function oneMethod(count: number): Sample {
  const records = Array.from({ length: count / 10 }, () => ({ type: 6, slots: Array(10).fill('Add') }));
  return { name: `${count} slots, one method`, bytes: buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records }).bytes };
}

/** Every slot leads to a method of its own, a record each as compilers write them; there are `shapes` different signatures. */
function ownMethods(count: number, shapes: number): Sample {
  const signatures = Array.from({ length: shapes }, (_, shape) => signatureOf(shape));
  const methods = Array.from({ length: count }, (_, index) => ({
    name: `Method${index}`,
    signature: signatures[index % shapes] ?? signatureOf(0),
  }));
  const records = methods.map((_, index) => ({ type: 10, slots: [FIRST_OWN_METHOD + index] }));
  const { bytes } = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records, methods });
  return { name: `${count} slots, ${count} methods, ${shapes} signatures`, bytes };
}

/** The digits of a number in base five are the parameters. */
function signatureOf(shape: number): Uint8Array {
  const parameterTypes = [...(shape + 5).toString(5)].map(
    (digit): TypeNode => ({ kind: 'primitive', type: PARAMETERS[Number(digit)] ?? 'int32' }),
  );
  const returnType: TypeNode = { kind: 'primitive', type: 'int32' };
  const count = parameterTypes.length;
  return encodeMethodSignature({ header: 0, genericParameterCount: 0, requiredParameterCount: count, returnType, parameterTypes });
}

const images = [100, 1000, 10_000].flatMap((count) => [oneMethod(count), ownMethods(count, Math.min(count, 1000))]);
for (const file of operands) images.push({ name: basename(file), bytes: readFileSync(file) });

interface Loaded {
  readonly loader: Loader;
  readonly outcome: LoadedOutcome;
}

function load(bytes: Uint8Array): Loaded {
  const loader = new Loader({ host: 'core' });
  const outcome = loader.load(bytes, { path: 'image.dll' });
  if (outcome.outcome !== 'loaded') throw new Error(outcome.reason);
  return { loader, outcome };
}

function loadWithStubs(bytes: Uint8Array): Loaded {
  const loaded = load(bytes);
  for (const { content } of loaded.outcome.module.slots) if (content.kind === 'reverse') content.stub;
  return loaded;
}

/** Bytes of objects that a load leaves, where the garbage collector can be asked. */
function objectBytes(bytes: Uint8Array, run: (bytes: Uint8Array) => Loaded): number | undefined {
  if (!globalThis.gc) return undefined;
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const kept = run(bytes);
  globalThis.gc();
  return kept && process.memoryUsage().heapUsed - before;
}

for (const { name, bytes } of images) {
  const size = PEImage.parse(bytes).optionalHeader.sizeOfImage;
  const times = (value: number): string => `${(value / size).toFixed(2)} ×`;
  console.log(`${name}: image of ${size} bytes`);
  for (const [what, run] of [
    ['load', load],
    ['load and all stubs', loadWithStubs],
  ] as const) {
    const { first, warm } = measure(() => run(bytes), repeats);
    const { loader, outcome } = run(bytes);
    if (loader.process === undefined) throw new Error('A load makes a process');
    const { memory, residentBytes } = loader.process.memory;
    const objects = objectBytes(bytes, run);
    const perSlot = ((warm / outcome.module.slots.length) * 1000).toFixed(1);
    console.log(
      `  ${what.padEnd(20)} first ${first.toFixed(1)} ms, warm ${warm.toFixed(1)} ms, ${perSlot} µs a slot; memory ${times(memory.buffer.byteLength)}, of it touched ${times(residentBytes)}${objects === undefined ? '' : `, objects ${times(objects)}`}`,
    );
  }
}
