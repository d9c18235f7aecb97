// The mixed-mode image of WPF for .NET 11 against what CoreCLR 11.0.0 did with it (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hexBytes } from '@ijw/binary';
import { Loader, type SlotState } from '@ijw/loader';
import { describe, expect, it } from 'vitest';

const SHARED = join(import.meta.dirname, '../../../../shared');
const IMAGE = join(SHARED, 'corpus-net11/DirectWriteForwarder-11.0.0.dll');
const FACTS = join(SHARED, 'oracles/clr/net11/DirectWriteForwarder.sys.jsonl');

const bytesOf = ({ content }: SlotState): string => (content.kind === 'raw' ? '' : hexBytes(content.bytes));

describe.skipIf(!existsSync(IMAGE) || !existsSync(FACTS))('DirectWriteForwarder of .NET 11', () => {
  it('has 26 slots with the thunks that were seen', () => {
    const facts = Object.assign(
      {},
      ...readFileSync(FACTS, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ) as {
      readonly vtfixups: string;
      readonly slots: readonly string[];
    };
    const outcome = new Loader({ host: 'core', runtime: 'net11.0' }).load(new Uint8Array(readFileSync(IMAGE)), {
      path: 'DirectWriteForwarder.dll',
    });
    expect(outcome.outcome).toBe('loaded');
    const { slots } = outcome.module!;
    expect(slots.length).toBe(Number(facts.vtfixups));
    expect(slots.every(({ content }) => content.kind === 'reverse' || content.kind === 'managed')).toBe(true);
    const seen = facts.slots.map((text) => /^type0x(\w+) .* bytes=(\w+)$/.exec(text)!);
    expect(slots.slice(0, seen.length).map((slot) => [slot.type, bytesOf(slot)])).toEqual(
      seen.map(([, type, bytes]) => [Number.parseInt(type!, 16), bytes!.toLowerCase()]),
    );
    const addresses = facts.slots.map((text) => Number(/: (0x\w+) /.exec(text)![1]));
    // Each kind of thunk is 24 bytes behind the one before it.
    for (const index of [2, 3, 4, 5])
      expect(Number(slots[index]!.after) - Number(slots[index - 2]!.after)).toBe(addresses[index]! - addresses[index - 2]!);
  });
});
