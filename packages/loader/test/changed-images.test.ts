// Loads of changed images against what the real runtime did (skipped without ../shared).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedModule, Loader, type LoadOutcome } from '@ijw/loader';
import { describe, expect, it } from 'vitest';
import { systemText } from './oracle/exception-text.ts';
import { hasOracle, imagePath, readMap } from './oracle/fact-file.ts';
import { expectException } from './oracle/scene.ts';

/**
 * An image of the oracle with a few bytes changed, and what CoreCLR 10.0.12 under Wine did with it (scenario `load` of the oracle's host
 * program): `ok`, `fatal` or the exception; whether the module is mapped afterwards; what is in each slot of the image's map.
 */
interface ChangedImage {
  readonly change: string;
  readonly image: string;
  /** File offset and the bytes there, in hex. */
  readonly edits: readonly (readonly [number, string])[];
  readonly load?: string;
  readonly mapped?: boolean;
  /** `-` left alone, `b` bootstrap thunk, `r` reverse thunk, `m` the method's own entry. */
  readonly slots?: string;
  /** Native first: what LoadLibrary answered, the slots after it, and what came of a call through the first slot. */
  readonly native?: {
    readonly load: string;
    readonly slots?: string;
    /** `returned`, `accessViolation`, or the unhandled exception that the process died of, as the runtime prints it. */
    readonly call?: string;
  };
}

const CHANGED: readonly ChangedImage[] = readFileSync(join(import.meta.dirname, 'oracle/changed-images.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as ChangedImage);

const PATH = 'changed.dll';
const KINDS: Readonly<Record<string, string>> = { raw: '-', bootstrap: 'b', reverse: 'r', managed: 'm' };

function changedBytes({ image, edits }: ChangedImage): Uint8Array {
  const bytes = new Uint8Array(readFileSync(imagePath(image)));
  for (const [offset, hex] of edits) bytes.set(Buffer.from(hex, 'hex'), offset);
  return bytes;
}

/** Slots that the changed table no longer has are whatever the image has there. */
const slotsOf = (module: LoadedModule, image: string): string =>
  readMap(image)
    .slots.map(({ rva }) => KINDS[module.slotAt(rva)?.content.kind ?? 'raw'])
    .join('');

function expectLoad(outcome: LoadOutcome, load: string): void {
  const why = outcome.outcome === 'refused' ? outcome.reason : undefined;
  expect(outcome.outcome, why).toBe(load === 'ok' ? 'loaded' : 'refused');
  if (outcome.outcome === 'loaded') return;
  if (load === 'fatal') expect(outcome).toMatchObject({ fatal: true, hresult: 0x80131506 });
  else expectException(outcome.exception, load.replaceAll('<FILE>', PATH));
}

function expectNative(row: ChangedImage, { load, slots, call }: NonNullable<ChangedImage['native']>): void {
  const outcome = new Loader({ host: 'core', architecture: 'x64' }).load(changedBytes(row), { path: PATH, nativeFirst: true });
  const why = outcome.outcome === 'refused' ? outcome.reason : undefined;
  expect(outcome.hresult, why).toBe(load === 'ok' ? 0 : (0x80070000 + Number(load.replace('failed ', ''))) >>> 0);
  if (slots !== undefined) expect(slotsOf(outcome.module!, row.image)).toBe(slots);
  if (call === undefined) return;
  const result = outcome.module!.callSlot(readMap(row.image).slots[0]!.rva, 40, 2);
  if (call === 'returned') expect(['returned', 'native'], JSON.stringify(result)).toContain(result.kind);
  else if (call === 'accessViolation') expect(result.kind).toBe(call);
  else {
    const died = result.kind === 'processDied' && result.exception && `${result.exception.type}: ${result.exception.message}`;
    expect(died).toBe(systemText(call).replaceAll('<FILE>', PATH));
  }
}

/**
 * The slots lie over the optional header: the upper half of the thunk's address becomes NumberOfRvaAndSizes. In a real process that is a large number, which
 * is refused as such; here all addresses lie within 4 GiB of the image, and 1 leaves it without its CLI header, which is refused as well.
 */
const isRefusedOtherwise = ({ change, image }: ChangedImage): boolean => change === 'rva=0x100' && (image === 't06' || image === 't02');

describe.skipIf(!hasOracle)('what the real runtime did with changed images', () => {
  it.each(CHANGED.map((row, index) => [`${row.image}, ${row.change} (${index})`, row] as const))('%s', (_title, row) => {
    if (row.native) expectNative(row, row.native);
    if (row.load === undefined) return;
    const outcome = new Loader({ host: 'core', architecture: 'x64' }).load(changedBytes(row), { path: PATH });
    if (isRefusedOtherwise(row)) {
      expect(outcome.outcome).toBe('refused');
      return;
    }
    expectLoad(outcome, row.load);
    if (row.mapped !== undefined) expect(outcome.module?.mapped ?? false).toBe(row.mapped);
    if (row.slots !== undefined) expect(slotsOf(outcome.module!, row.image)).toBe(row.slots);
  });
});
