// Inventory, lint and verdicts of damaged images end in bounded time (skipped without edge-js).
import { existsSync, readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';
import { BadImageError } from '@ijw/binary';
import { buildMixedImage } from '@ijw/fixtures';
import { interopCounts, interopJson, RuntimeVerdicts, readInteropInventory } from '@ijw/interop';
import { lintModule, lintSarif } from '@ijw/interop/lint';
import { makeToken, TableId } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { comAndDeviceCases } from './com-and-device-cases.ts';
import { functionPointerCases } from './function-pointer-cases.ts';
import { platformInvokeCases } from './platform-invoke-cases.ts';
import { SampleModule } from './sample-module.ts';

/** xorshift32: the same damage on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function damaged(bytes: Uint8Array, seed: number, first: number, count: number): Uint8Array {
  const copy = bytes.slice();
  const next = random(seed);
  for (let index = 0; index < count; index++) copy[first + (next() % (copy.length - first))] = next() & 0xff;
  return copy;
}

/** Reads everything; a `BadImageError` is an answer, anything else fails the test. */
function readAll(bytes: Uint8Array): void {
  try {
    const assembly = Assembly.of(PEImage.parse(bytes));
    if (assembly.metadata === undefined) return;
    interopJson(readInteropInventory(assembly));
    const options = {
      registrations: [{ signature: 'A.B::C' }],
      interopTable: { assembly: 'a', checksum: 1, slots: [undefined] },
      nativeLibrary: () => ({ names: [], ordinals: [] }),
    };
    lintSarif([{ file: 'a.dll', findings: lintModule(assembly, options).findings }], '1.0.0');
    const verdicts = new RuntimeVerdicts(assembly);
    for (let rid = 1; rid <= Math.min(assembly.metadata.tables.MethodDef.rowCount, 20); rid++) judge(verdicts, rid);
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
  }
}

function judge(verdicts: RuntimeVerdicts, rid: number): void {
  try {
    verdicts.of(makeToken(TableId.MethodDef, rid));
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
  }
}

/** Every sample of the rules in one assembly. */
function everything(): Uint8Array {
  const module = new SampleModule();
  for (const { finds, passes } of [...platformInvokeCases, ...functionPointerCases, ...comAndDeviceCases]) {
    finds(module);
    passes(module);
  }
  return module.build().file.bytes;
}

const ROUNDS = 120;

describe('inventory, lint and verdicts of damaged images', () => {
  it('end with an answer whatever the bytes of an assembly are', () => {
    const bytes = everything();
    const inventory = interopCounts(readInteropInventory(Assembly.of(PEImage.parse(bytes))));
    expect(inventory.unmanagedCallersOnly).toBeGreaterThan(10);
    for (let seed = 1; seed <= ROUNDS; seed++) expect(() => readAll(damaged(bytes, seed, 0x200, 1 + (seed % 12)))).not.toThrow();
  });

  it('end with an answer whatever the bytes of a mixed-mode image are', () => {
    const { bytes } = buildMixedImage({
      architecture: 'x64',
      records: [{ type: 6, slots: ['Add', 'Twice'] }],
      host: 'mscoree.dll',
      cli: { flags: 0 },
    });
    for (let seed = 1; seed <= ROUNDS; seed++) expect(() => readAll(damaged(bytes, seed, 0x80, 1 + (seed % 12)))).not.toThrow();
  });

  const real = new URL('../../../../node_modules/edge-js/lib/native/win32/x64/26/edge_nativeclr.node', import.meta.url);
  it.skipIf(!existsSync(real))('end with an answer for a damaged file of a real compiler', () => {
    const bytes = new Uint8Array(readFileSync(real));
    for (let seed = 1; seed <= 8; seed++) expect(() => readAll(damaged(bytes, seed, 0x200, 200))).not.toThrow();
  });
});
