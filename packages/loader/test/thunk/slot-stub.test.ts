// Marshalling code of images with many slots is shared.
import { buildMixedImage } from '@ijw/fixtures';
import { Loader, ReverseThunks, type SlotState } from '@ijw/loader';
import { faultText, readPointer } from '@ijw/machine';
import { reverseCallText } from '@ijw/marshalling';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { DATA_DISTANCE } from '../../src/platform/thunk-forms.ts';

/** A word of a precode's data. */
function targetOf(loader: Loader, precode: number, word: number): number {
  const { memory, processor } = loader.process!;
  const value = readPointer(memory, precode + DATA_DISTANCE + word * processor.pointerSize, processor.pointerSize);
  if (typeof value !== 'bigint') throw new Error(faultText(value));
  return Number(value);
}

describe.each([
  { architecture: 'x86', width: 1, argument: 'stack+0' },
  { architecture: 'x64', width: 2, argument: 'rcx' },
  { architecture: 'arm64', width: 2, argument: 'x0' },
] as const)('the marshalling code behind a slot on $architecture', ({ architecture, width, argument }) => {
  const records = [
    { type: width | 4, slots: ['Add', 'Twice'] },
    { type: width, slots: ['Add'] },
  ] as const;
  const { bytes } = buildMixedImage({ architecture, host: 'ijwhost.dll', records });
  const loader = new Loader({ host: 'core' });
  const outcome = loader.load(bytes, { path: 'mixed.dll' });
  if (outcome.outcome !== 'loaded') throw new Error(outcome.reason);
  const { slots } = outcome.module;

  it('a native caller gets one, a managed one goes to the method itself', () => {
    const stubs = slots.map(({ content }) => content.kind === 'reverse' && content.stub?.kind === 'stub');
    expect(stubs).toEqual([true, true, false]);
  });

  it('the precode leads to it, and its page is executable and not writable', () => {
    const { memory } = loader.process!;
    for (const { content } of slots.slice(0, 2)) {
      if (content.kind !== 'reverse' || content.stub?.kind !== 'stub') throw new Error('no stub');
      expect(targetOf(loader, content.address, 1)).toBe(content.stub.address);
      expect(memory.query(content.stub.address).rights).toBe(5);
    }
  });

  it('is made at the first call, until when the precode leads to the part of the runtime that makes it', () => {
    const fresh = new Loader({ host: 'core' });
    const loaded = fresh.load(bytes, { path: 'mixed.dll' });
    const module = loaded.module!;
    const [add, twice, managed] = module.slots as readonly [SlotState, SlotState, SlotState];
    const gateOf = (slot: SlotState, word: number) => fresh.process!.gates.at(targetOf(fresh, Number(slot.after), word));
    expect(gateOf(add, 1)).toMatchObject({ kind: 'helper', name: 'TheUMEntryPrestub' });
    expect(targetOf(fresh, Number(managed.after), 0)).toBe(Number(managed.after) + (architecture === 'arm64' ? 8 : 6));
    expect(loaded.events.some((event) => event.step === 'prepareThunk')).toBe(false);

    expect(module.callSlot(add.rva, 1, 2).kind).toBe('returned');
    expect(gateOf(add, 1)).toBeUndefined();
    expect(gateOf(twice, 1)).toMatchObject({ name: 'TheUMEntryPrestub' });
    module.callSlot(add.rva, 3, 4);
    module.callSlot(managed.rva, 1, 2);
    // The method's precode leads to one that says which method it is for, and that to the code that hands the call over.
    const entry = targetOf(fresh, Number(managed.after), 0);
    expect(targetOf(fresh, entry, 0)).toBe(0x06000001);
    expect(fresh.process!.memory.query(targetOf(fresh, entry, 1)).rights).toBe(5);
    const prepared = loaded.events.flatMap((event) => (event.step === 'prepareThunk' ? [event.thunk] : []));
    expect(prepared).toEqual([Number(add.after), Number(managed.after)]);
  });

  it('the plan says where each argument is and how it crosses', () => {
    const image = PEImage.parse(bytes);
    const metadata = Metadata.of(image)!;
    const signature = metadata.blobs.get(metadata.tables.MethodDef.get(1, 'Signature'));
    const thunk = new ReverseThunks(metadata, architecture, image).of(signature);
    if (thunk.kind === 'unsupported') throw new Error(thunk.reason);
    const lines = reverseCallText(thunk.plan);
    expect(lines).toContain(`argument 1 from ${argument}: int (4 bytes) as int: blittable. The same bits on both sides`);
    expect(lines.at(-1)).toBe(`return, popping ${architecture === 'x86' ? 8 : 0} bytes`);
  });
});

describe('the marshalling code of an image with many slots', () => {
  const signature = Uint8Array.of(0, 1, 0x08, 0x08);
  const other = Uint8Array.of(0, 1, 0x08, 0x0d);
  const methods = Array.from({ length: 2000 }, (_, index) => ({ name: `M${index}`, signature: index % 2 ? other : signature }));
  const records = methods.map((_, index) => ({ type: 10, slots: [0x06000006 + index] }));
  const { bytes } = buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records, methods });

  it('is one for all methods that are called in the same way', () => {
    const { slots } = new Loader({ host: 'core' }).load(bytes, { path: 'mixed.dll' }).module!;
    const stubs = slots.map(({ content }) => (content.kind === 'reverse' && content.stub?.kind === 'stub' ? content.stub : undefined));
    expect(new Set(stubs.map((stub) => stub?.address)).size).toBe(2);
    expect(stubs[0]!.plan.parameters.map(({ managed }) => managed)).toEqual(['int']);
    expect(stubs[1]!.plan.parameters.map(({ managed }) => managed)).toEqual(['double']);
  });

  it('costs no memory before, nor do the thunks, which read as if they had always been there', () => {
    const loader = new Loader({ host: 'core' });
    const module = loader.load(bytes, { path: 'mixed.dll' }).module!;
    const { memory } = loader.process!;
    expect(memory.residentBytes).toBeLessThan(module.size);
    const { slots } = module;
    expect(new Set(slots.map(({ after }) => after)).size).toBe(2000);
    for (const { after, token, content } of slots) {
      if (content.kind !== 'reverse') throw new Error(content.kind);
      const view = new DataView(content.bytes.buffer);
      expect([view.getUint16(0), view.getUint16(7)]).toEqual([0x4c8b, 0xff25]);
      const data = Number(after) + 7 + view.getInt32(3, true);
      expect(memory.readU32(data)).toBe(token);
      expect(Number(after) + 13 + view.getInt32(9, true)).toBe(data + 8);
    }
  });

  it('leaves the bootstrap thunks readable, native first', () => {
    const loader = new Loader({ host: 'core' });
    const { slots } = loader.load(bytes, { path: 'mixed.dll', nativeFirst: true }).module!;
    expect(loader.process!.memory.residentBytes).toBeGreaterThan(0x2c * 2000);
    for (const { content, slot, token } of slots) {
      if (content.kind !== 'bootstrap') throw new Error(content.kind);
      const view = new DataView(content.bytes.buffer);
      expect([view.getUint16(0), Number(view.getBigUint64(2, true))]).toEqual([0x49ba, content.address]);
      expect([view.getUint32(0x18, true), Number(view.getBigUint64(0x24, true))]).toEqual([token, slot]);
    }
  });
});
