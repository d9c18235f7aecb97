// The code in the slots by version of the runtime, against what five runtimes wrote for the same image, and that it runs on every processor.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNTIME_PROFILES, type RuntimeId, runtimeIds } from '@ijw/assembly/runtime-profiles';
import { hexBytes } from '@ijw/binary';
import { buildMixedImage, type MixedImageOptions } from '@ijw/fixtures';
import { type LoadedModule, Loader, type SlotState } from '@ijw/loader';
import type { CallShape } from '@ijw/marshalling';
import { describe, expect, it } from 'vitest';
import { FixtureCode } from '../oracle/fixture-code.ts';
import { withVersion } from '../oracle/metadata-version.ts';

/** What CoreCLR under Wine had in the slots of the image below, before any call and after calls of Add through slots 0, 2 and 4 and of NativeAdd through slot 5. */
interface ObservedThunks {
  readonly runtime: RuntimeId;
  readonly version: string;
  readonly slots: readonly { readonly type: number; readonly address: number; readonly before: string; readonly after: string }[];
}

const SEEN = JSON.parse(readFileSync(join(import.meta.dirname, '../facts/thunks.json'), 'utf8')) as readonly ObservedThunks[];

const imageFor = (architecture: MixedImageOptions['architecture'], host: MixedImageOptions['host']) => {
  const width = architecture === 'x86' ? 1 : 2;
  return buildMixedImage({
    architecture,
    host,
    name: 'thunks',
    core: { Name: host === 'mscoree.dll' ? 'mscorlib' : 'System.Runtime', Major: host === 'mscoree.dll' ? 4 : 6 },
    records: [
      { type: width | 4, slots: ['Add', 'Twice'] },
      { type: width, slots: ['Add', 'Twice'] },
      { type: width | 8, slots: ['Add'] },
      { type: width, slots: ['NativeAdd'] },
    ],
  }).bytes;
};

const INT = { kind: 'integer', size: 4, signed: true } as const;
const ADDITION: CallShape = { convention: 'cdecl', memberFunction: false, variadic: false, parameters: [INT, INT], result: INT };
const CALLED = [0, 2, 4, 5];

function loaded(architecture: MixedImageOptions['architecture'], runtime: RuntimeId): LoadedModule {
  const { host } = RUNTIME_PROFILES[runtime];
  const built = imageFor(architecture, host === 'framework' ? 'mscoree.dll' : 'ijwhost.dll');
  const bytes = runtime === 'net20' ? withVersion(built, 'v2.0.50727') : built;
  const loader = new Loader({ host, runtime, architecture, managedEntry: new FixtureCode(bytes), legacyV2Policy: true });
  const outcome = loader.load(bytes, { path: 'C:\\app\\thunks.dll' });
  if (outcome.outcome !== 'loaded') throw new Error(outcome.reason);
  return outcome.module;
}

const hexOf = ({ content }: SlotState): string => (content.kind === 'raw' ? '' : hexBytes(content.bytes));

const MOV_R10 = /^49ba(.{16})48b8.{16}/;
const STUB_IN_PLACE = /^49ba.{16}f8e9.{8}/;
const FIXUP_IN_PLACE = /^(e[89]).{8}(5[ef]).{4}/;

/** The bytes without what differs from process to process: addresses but for the thunk's own, and numbers of the runtime's chunks. */
function normalized(code: string, address: number): string {
  const own = (text: string): number => Number(Buffer.from(text, 'hex').readBigUInt64LE()) - address;
  return code
    .replace(MOV_R10, (_, self: string) => `mov r10, thunk${own(self)}; mov rax, target; `)
    .replace(STUB_IN_PLACE, 'mov r10, method; clc; jmp target')
    .replace(FIXUP_IN_PLACE, '$1 target $2');
}

const codeOf = (slot: SlotState): string => normalized(hexOf(slot), Number(slot.after));

describe.each(SEEN.map((row) => [row.version, row] as const))(
  'what CoreCLR %s put into the slots',
  (_version, { runtime, slots: seen }) => {
    const module = loaded('x64', runtime);
    const sizes = module.slots.map((slot) => hexOf(slot).length);
    const expected = (which: 'before' | 'after') => seen.map((slot, index) => normalized(slot[which].slice(0, sizes[index]), slot.address));

    it('has the same bytes before a call', () => {
      expect(module.slots.map(({ type }) => type)).toEqual(seen.map(({ type }) => type));
      expect(module.slots.map(codeOf)).toEqual(expected('before'));
    });

    it('is as far from the thunk before it', () => {
      const distances = (addresses: readonly number[]) => [addresses[1]! - addresses[0]!, addresses[3]! - addresses[2]!];
      expect(distances(module.slots.map(({ after }) => Number(after)))).toEqual(distances(seen.map(({ address }) => address)));
    });

    it('has the same bytes after calls', () => {
      for (const index of CALLED) module.execute(Number(module.slots[index]!.after), ADDITION, 40, 2);
      expect(module.slots.map(codeOf)).toEqual(expected('after'));
    });
  },
);

const ON_EVERY_PROCESSOR = runtimeIds.flatMap((runtime) =>
  (['x86', 'x64', 'arm64'] as const).flatMap((architecture) =>
    architecture === 'arm64' && RUNTIME_PROFILES[runtime].host === 'framework' ? [] : [[runtime, architecture] as const],
  ),
);

describe('the code in the slots', () => {
  it.each(ON_EVERY_PROCESSOR)('of %s runs on %s, the first time and again', (runtime, architecture) => {
    const module = loaded(architecture, runtime);
    for (const _ of ['first', 'again']) {
      // A managed convention of x86 is not that of native code: those slots are not called by it.
      for (const index of architecture === 'x86' ? [0, 4] : CALLED)
        expect(module.execute(Number(module.slots[index]!.after), ADDITION, 40, 2)).toEqual({ kind: 'returned', value: 42 });
    }
  });

  it('passes the UMEntryThunk on in .NET 9 and the method in .NET 10', () => {
    const [before, since] = (['net9.0', 'net10.0'] as const).map((runtime) => loaded('x64', runtime).slots[0]!);
    expect(codeOf(before!)).toBe('mov r10, thunk-36; mov rax, target; 48ffe00000000000');
    expect(hexOf(since!)).toMatch(/^4c8b15f93f0000ff25fb3f0000/);
  });

  it('reads its data 4 KiB behind itself in .NET 7 and 16 KiB since .NET 8', () => {
    const [seven, eight] = (['net7.0', 'net8.0'] as const).map((runtime) => hexOf(loaded('x64', runtime).slots[2]!));
    expect(seven).toBe('ff25fa0f00004c8b15fb0f0000ff25fd0f00009066666666');
    expect(eight).toBe('ff25fa3f00004c8b15fb3f0000ff25fd3f00009066666666');
  });
});
