// Vtable fixups and slots that are malformed or hostile.
import { buildMixedImage, methodToken, type RecordInput } from '@ijw/fixtures';
import { Loader, type LoadOutcome, type LoadRequest } from '@ijw/loader';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';

type Host = 'ijwhost.dll' | 'mscoree.dll' | undefined;

function load(records: readonly RecordInput[], host: Host, request: LoadRequest = {}): LoadOutcome {
  const { bytes } = buildMixedImage({ architecture: 'x64', host, records });
  return new Loader({ host: 'core' }).load(bytes, { path: 'mixed.dll', ...request });
}

const ADD: RecordInput = { type: 6, slots: ['Add'] };
const BAD_FORMAT = 0x8007000b;
const DLL_INIT_FAILED = 0x8007045a;
const FATAL = 0x80131506;

/** What a table asks for, and what comes of it with ijwhost and without. */
const TABLES: readonly {
  readonly title: string;
  readonly records: readonly RecordInput[];
  readonly ijwhost: { readonly hresult: number; readonly rule?: string };
  readonly none: { readonly hresult: number; readonly rule?: string };
}[] = [
  {
    title: 'a count of 65 535',
    records: [{ ...ADD, count: 65535 }],
    ijwhost: { hresult: DLL_INIT_FAILED },
    none: { hresult: FATAL, rule: 'slotFault' },
  },
  {
    title: 'slots beyond the image',
    records: [{ ...ADD, rva: 0x00ab_cde0 }],
    ijwhost: { hresult: DLL_INIT_FAILED, rule: 'entryPointFailed' },
    none: { hresult: FATAL, rule: 'slotFault' },
  },
  {
    title: 'slots at the end of 32 bits',
    records: [{ ...ADD, rva: 0xffff_fff8 }],
    ijwhost: { hresult: DLL_INIT_FAILED },
    none: { hresult: FATAL, rule: 'slotFault' },
  },
  {
    title: 'slots over the DOS header',
    records: [{ ...ADD, rva: 0 }],
    ijwhost: { hresult: 0x8007045a },
    none: { hresult: FATAL, rule: 'slotFault' },
  },
  {
    title: 'a record over the slots of another',
    records: [
      { type: 6, slots: ['Add', 'Twice'] },
      { type: 6, slots: [], count: 1, rva: 0x4000 },
    ],
    ijwhost: { hresult: BAD_FORMAT, rule: 'invalidFixupToken' },
    none: { hresult: 0 },
  },
  {
    title: 'a TypeDef',
    records: [{ type: 6, slots: [0x02000001] }],
    ijwhost: { hresult: BAD_FORMAT, rule: 'fixupTokenNoMethod' },
    none: { hresult: BAD_FORMAT },
  },
  {
    title: 'a Module row',
    records: [{ type: 6, slots: [1] }],
    ijwhost: { hresult: BAD_FORMAT, rule: 'fixupTokenNoMethod' },
    none: { hresult: BAD_FORMAT },
  },
  {
    title: 'a MethodDef that is not there',
    records: [{ type: 6, slots: [0x06009999] }],
    ijwhost: { hresult: BAD_FORMAT, rule: 'invalidFixupToken' },
    none: { hresult: BAD_FORMAT },
  },
  {
    title: 'a table that does not exist',
    records: [{ type: 6, slots: [0x7f000001] }],
    ijwhost: { hresult: BAD_FORMAT, rule: 'invalidFixupToken' },
    none: { hresult: BAD_FORMAT },
  },
  {
    title: 'a nil token',
    records: [{ type: 6, slots: [0x06000000] }],
    ijwhost: { hresult: BAD_FORMAT, rule: 'invalidFixupToken' },
    none: { hresult: BAD_FORMAT },
  },
  {
    title: 'one unknown type among known ones',
    records: [ADD, { type: 0x16, slots: ['Add'] }, ADD],
    ijwhost: { hresult: BAD_FORMAT, rule: 'fixupType' },
    none: { hresult: BAD_FORMAT, rule: 'fixupType' },
  },
  {
    title: 'an unknown type without slots',
    records: [ADD, { type: 0x1f, slots: [], count: 0 }],
    ijwhost: { hresult: 0 },
    none: { hresult: 0 },
  },
  {
    title: 'no slots outside the image, whose page ijwhost unprotects all the same',
    records: [ADD, { type: 6, slots: [], count: 0, rva: 0x00ab_cde0 }],
    ijwhost: { hresult: DLL_INIT_FAILED },
    none: { hresult: 0 },
  },
];

/** The second record of the overlapping table lies over the first slot, wherever the builder put it. */
function placed(records: readonly RecordInput[]): readonly RecordInput[] {
  if (!records.some((record) => record.rva === 0x4000)) return records;
  const { slotRvas } = buildMixedImage({ architecture: 'x64', records });
  return records.map((record) => (record.rva === 0x4000 ? { ...record, rva: slotRvas[0]![0]! } : record));
}

describe('vtable fixups that ask for what they may not have', () => {
  describe.each(['ijwhost', 'none'] as const)('with %s', (key) => {
    const host: Host = key === 'ijwhost' ? 'ijwhost.dll' : undefined;

    it.each(TABLES.map((table) => [table.title, table] as const))('%s', (_title, table) => {
      const outcome = load(placed(table.records), host);
      const { hresult, rule } = table[key];
      expect(outcome.hresult ?? outcome.observed?.hresult).toBe(hresult);
      if (outcome.outcome === 'loaded') return;
      if (rule) expect(outcome.rule).toBe(rule);
      expect(outcome.reason).not.toBe('');
      expect(outcome.fatal).toBe(hresult === FATAL);
    });
  });

  it('a table that asks for millions of slots is refused before any is made', () => {
    const records = Array.from({ length: 64 }, (): RecordInput => ({ ...ADD, count: 65535 }));
    expect(load(records, 'ijwhost.dll')).toMatchObject({ outcome: 'refused', hresult: DLL_INIT_FAILED });
    expect(load(records, undefined)).toMatchObject({ outcome: 'refused', rule: 'tooManySlots', fatal: true });
  });

  it('a refusal leaves the slots as they were', () => {
    const outcome = load([ADD, { type: 6, slots: [0x06009999] }], undefined);
    expect(outcome.module?.slots.map((slot) => slot.content.kind)).toEqual(['raw', 'raw']);
    expect(load([ADD, { type: 6, slots: [0x06009999] }], 'ijwhost.dll').module?.slots.map((slot) => slot.content.kind)).toEqual([
      'bootstrap',
      'bootstrap',
    ]);
  });

  it('native first, the first call of a slot ends the process where the load would have been refused', () => {
    const outcome = load([ADD, { type: 6, slots: [0x06009999] }], 'ijwhost.dll', { nativeFirst: true });
    expect(outcome.outcome).toBe('loaded');
    const module = outcome.module!;
    expect(module.callSlot(module.slots[0]!.rva)).toMatchObject({ kind: 'processDied', hresult: BAD_FORMAT });
  });

  it('slots in a read-only section are patched, and the page has its rights back', () => {
    const outcome = load([ADD], 'ijwhost.dll');
    const { slotRvas, bytes } = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: [ADD] });
    const at = PEImage.parse(bytes).sections.find((section) => section.name === '.data')!;
    expect(at.virtualAddress).toBe(slotRvas[0]![0]);
    expect(outcome.module?.rightsAt(slotRvas[0]![0]!)).toBe('rw-');
    const patched = outcome.events.find((event) => event.step === 'patchSlot');
    expect(patched).toMatchObject({ token: methodToken('Add'), protection: 'rw- -> rw- -> rw-' });
  });
});

describe('slots in code', () => {
  const at = (architecture: 'x86' | 'x64' | 'arm64', type: number): LoadOutcome => {
    const { bytes } = buildMixedImage({ architecture, host: 'ijwhost.dll', records: [{ type, slots: ['Add'], rva: 0x1000 }] });
    return new Loader({ host: 'core' }).load(bytes, { path: 'mixed.dll' });
  };

  it('are made writable by ijwhost on 64-bit systems, and are no tokens', () => {
    expect(at('x64', 6)).toMatchObject({ outcome: 'refused', rule: 'invalidFixupToken' });
    expect(at('arm64', 6)).toMatchObject({ outcome: 'refused', rule: 'invalidFixupToken' });
  });

  it('are not on x86: its DllMain faults', () => {
    expect(at('x86', 5)).toMatchObject({ outcome: 'refused', rule: 'hostFaulted', hresult: 0x800703e6 });
  });
});

describe('bytes of all kinds', () => {
  const { bytes } = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: [ADD, { type: 2, slots: ['Twice'] }] });
  const headers = PEImage.parse(bytes).optionalHeader.sizeOfHeaders;

  /** A generator whose sequence is the same every time (xorshift). */
  function numbers(seed: number): () => number {
    let state = seed;
    return () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state >>> 0;
    };
  }

  it.each([1, 2, 3, 4])('400 images with a few bytes changed (seed %i) are loaded or refused, and nothing else', (seed) => {
    const next = numbers(seed * 0x9e3779b1);
    for (let round = 0; round < 400; round++) {
      const changed = bytes.slice();
      for (let count = 0; count < 1 + (next() % 6); count++) changed[next() % (round % 2 ? changed.length : headers)] = next();
      let image: PEImage;
      try {
        image = PEImage.parse(changed);
      } catch (error) {
        expect((error as Error).name).toBe('BadImageError');
        continue;
      }
      const outcome = new Loader({ host: round % 3 ? 'core' : 'framework', commitLimit: 0x400_0000 }).load(image, {
        nativeFirst: round % 5 === 0,
      });
      expect(['loaded', 'refused']).toContain(outcome.outcome);
      for (const slot of outcome.module?.slots.slice(0, 4) ?? []) outcome.module!.callSlot(slot.rva);
      outcome.module?.unload();
    }
  });

  it('every truncation is loaded or refused, or is no PE image', () => {
    for (let length = 0; length < bytes.length; length += length < 1024 ? 7 : 61) {
      try {
        const outcome = new Loader({ host: 'core' }).load(bytes.slice(0, length));
        expect(outcome.outcome).toBe('refused');
      } catch (error) {
        expect((error as Error).name).toBe('BadImageError');
      }
    }
  });
});
