import { buildMixedImage } from '@ijw/fixtures';
import { Loader, ReverseThunks, reverseCallText } from '@ijw/loader';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';

describe.each([
  { architecture: 'x86', width: 1, pointer: 4, argument: 'stack+0' },
  { architecture: 'x64', width: 2, pointer: 8, argument: 'rcx' },
  { architecture: 'arm64', width: 2, pointer: 8, argument: 'x0' },
] as const)('the marshalling code behind a slot on $architecture', ({ architecture, width, pointer, argument }) => {
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
      const target = memory.read(content.address + 0x4000 + pointer, pointer) as Uint8Array;
      const address = pointer === 8 ? new DataView(target.buffer).getBigUint64(0, true) : new DataView(target.buffer).getUint32(0, true);
      expect(Number(address)).toBe(content.stub.address);
      expect(memory.query(content.stub.address).rights).toBe(5);
    }
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
