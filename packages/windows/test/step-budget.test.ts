// Native code of a load: how many steps one callback may take, how many all of them together, and that a repeated string instruction takes one for each repetition. Each just at the limit and just above.
import { libraryImage } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { type LibraryLoad, windowsProcess } from './windows-process.ts';

/** Of one run, and of a load. */
const RUN = 20_000;
const LOAD = 200_000;

/** `.data` is at RVA 0x2000, the code at 0x1004. */
const DATA = 0x2000;
const CODE = 0x1004;
const u32 = (value: number): readonly number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];

/** Counts its runs in `.data`: what a run wrote that did not come to its end is taken back. */
const counted = (before: readonly number[]): readonly number[] => {
  const end = CODE + before.length + 6;
  return [...before, 0xff, 0x05, ...u32(DATA - end), 0xb8, ...u32(1), 0xc3];
};

/** The steps of what `counted` adds, and of the return that is seen after them. */
const COUNTED_STEPS = 4;

/** mov ecx, n; dec ecx; jnz: as many steps as asked for. */
function loopOf(steps: number): readonly number[] {
  const left = steps - COUNTED_STEPS - 1;
  const loop = [0xb9, ...u32(left >> 1), 0xff, 0xc9, 0x75, 0xfc];
  return counted(left & 1 ? [...loop, 0x90] : loop);
}

/** lea rdi, [data + 16]; mov ecx, n; rep stosb: 2 + n steps, the last of which sees that rCX is zero. */
function fillOf(repetitions: number): readonly number[] {
  return counted([0x48, 0x8d, 0x3d, ...u32(DATA + 16 - (CODE + 7)), 0xb9, ...u32(repetitions), 0xf3, 0xaa]);
}

function load(entry: readonly number[], callbacks = 0): LibraryLoad {
  return windowsProcess()(
    libraryImage({ entry, data: new Uint8Array(RUN + 0x100), tls: { callbacks: new Array<number>(callbacks).fill(CODE) } }).bytes,
  );
}

/** How often the code came to its end. */
function runs(outcome: LibraryLoad): number {
  if (outcome.outcome !== 'loaded') throw new Error(outcome.reason);
  return outcome.library.read(DATA, 4).getUint32(0, true);
}

describe('one run', () => {
  it('takes as many steps as it may', () => {
    expect(runs(load(loopOf(RUN)))).toBe(1);
    expect(runs(load(loopOf(RUN + 1)))).toBe(0);
  });

  it('takes a step for each repetition of a string instruction', () => {
    const steps = 2 + COUNTED_STEPS;
    expect(runs(load(fillOf(RUN - steps)))).toBe(1);
    expect(runs(load(fillOf(RUN - steps + 1)))).toBe(0);
  });
});

describe('the callbacks and the entry point of a load', () => {
  it('share their steps', { timeout: 30_000 }, () => {
    const most = LOAD / RUN;
    expect(runs(load(loopOf(RUN), most - 1))).toBe(most);
    expect(runs(load(loopOf(RUN), most))).toBe(most);
    expect(runs(load(loopOf(RUN), 100))).toBe(most);
  });

  it('of another load have all of them again', { timeout: 30_000 }, () => {
    const process = windowsProcess();
    const tls = { callbacks: new Array<number>(50).fill(CODE) };
    const image = (path: string, imageBase: bigint) =>
      process(libraryImage({ entry: loopOf(RUN), tls, pe: { imageBase } }).bytes, { path });
    expect(runs(image('a.dll', 0x1_8000_0000n))).toBe(LOAD / RUN);
    expect(runs(image('b.dll', 0x1_9000_0000n))).toBe(LOAD / RUN);
  });

  it('that never end leave the load as it is', () => {
    const outcome = load([0xeb, 0xfe], 200);
    expect(runs(outcome)).toBe(0);
    expect(outcome.events.filter(({ step }) => step === 'callTlsCallback')).toHaveLength(200);
  });
});
