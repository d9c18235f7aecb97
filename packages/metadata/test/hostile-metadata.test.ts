// Mutated metadata: lines or a BadImageError, in bounded time.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BadImageError, Diagnostics } from '@ijw/binary';
import { Metadata, makeToken, methodSignatureText, TableId, type Token, tableNames, typeFullName } from '@ijw/metadata';
import { headerLines, rawTableLines, resolvedTableLines } from '@ijw/metadata/canonical';
import { PEImage } from '@ijw/pe';
import { describe, expect, test } from 'vitest';

/** xorshift32: the same mutations on every machine. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const extremes = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** A few bytes flipped, numbers set to extremes, or the end cut off. */
function mutate(bytes: Uint8Array, random: (limit: number) => number): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  // Headers and row counts are at the start, where a change says most.
  const place = () => (random(2) === 0 ? random(Math.min(512, copy.length - 4)) : random(copy.length - 4));
  for (let changes = 1 + random(4); changes > 0; changes--) {
    switch (random(4)) {
      case 0:
        view.setUint8(place(), random(256));
        break;
      case 1:
        view.setUint8(place(), 1 << random(8));
        break;
      case 2:
        view.setUint16(place(), extremes[random(extremes.length)]! & 0xffff, true);
        break;
      default:
        view.setUint32(place(), extremes[random(extremes.length)]!, true);
    }
  }
  return random(8) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}

/** Anything but a `BadImageError` is a defect. */
function tolerant(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
  }
}

function drain(lines: Iterable<Uint8Array | string>): void {
  for (const line of lines) expect(line.length).toBeGreaterThanOrEqual(0);
}

function lookUpEverything(metadata: Metadata): void {
  for (let rid = 1; rid <= Math.min(metadata.tables.MethodDef.rowCount, 50); rid++) {
    const method = makeToken(TableId.MethodDef, rid);
    tolerant(() => void methodSignatureText(metadata, method));
    tolerant(() => void metadata.findImplMap(method));
    tolerant(() => void [...metadata.customAttributesOf(method), ...metadata.genericParamsOf(method), ...metadata.paramsOf(rid)]);
  }
  for (let rid = 1; rid <= Math.min(metadata.tables.TypeDef.rowCount, 50); rid++) {
    const type = makeToken(TableId.TypeDef, rid);
    tolerant(() => void typeFullName(metadata, type));
    tolerant(() => void [...metadata.fieldsOf(rid), ...metadata.methodsOf(rid), ...metadata.eventsOf(rid), ...metadata.propertiesOf(rid)]);
    tolerant(() => void [...metadata.nestedTypesOf(rid), ...metadata.interfaceImplsOf(rid), ...metadata.methodImplsOf(rid)]);
    tolerant(() => void metadata.findClassLayout(type));
  }
  tolerant(() => void typeFullName(metadata, 0x1b000001 as Token));
}

function readEverything(bytes: Uint8Array, diagnostics?: Diagnostics): void {
  tolerant(() => {
    const metadata = Metadata.parse(bytes, diagnostics === undefined ? {} : { diagnostics });
    drain(headerLines(metadata));
    drain(rawTableLines(metadata));
    drain(resolvedTableLines(metadata));
    lookUpEverything(metadata);
    tolerant(() => drain([...metadata.userStrings.entries()].map(({ text }) => text)));
    tolerant(() => void metadata.pdbStream);
  });
}

const edge = join(dirname(createRequire(import.meta.url).resolve('edge-js/package.json')), 'lib/native/win32/x64');
const [version] = readdirSync(edge);
const image = PEImage.parse(readFileSync(join(edge, version!, 'edge_nativeclr.node')));
const whole = Metadata.of(image)!;

describe('mutations of a real file’s metadata end in lines or in a BadImageError', () => {
  test('the file itself has what is mutated', () => {
    const used = tableNames.filter((name) => whole.tables[name].rowCount > 0);
    expect(used.length).toBeGreaterThan(20);
  });

  test.each([1, 2, 3, 4])('seed %i', (seed) => {
    const random = randomNumbers(seed * 0x9e3779b1);
    for (let round = 0; round < 40; round++) readEverything(mutate(whole.bytes, random), round % 2 === 0 ? new Diagnostics() : undefined);
  });

  test('cut anywhere', () => {
    for (let length = 0; length < whole.bytes.length; length += 997) {
      readEverything(whole.bytes.subarray(0, length));
      readEverything(whole.bytes.subarray(0, length), new Diagnostics());
    }
  });
});
