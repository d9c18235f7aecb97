// An entry point that hands the load over to the host's `_CorDllMain`.

import { libraryImage } from '@ijw/fixtures';
import { Loader } from '@ijw/loader';
import { expect, it } from 'vitest';

/** The builder puts the entry point here. */
const ENTRY = 0x1004;

it('ijwhost returns FALSE for a DLL without a CLI header', () => {
  const imports = [{ name: 'ijwhost.dll', symbols: [{ name: '_CorDllMain' }] }];
  const build = (displacement: number) =>
    libraryImage({ imports, entry: [0xff, 0x25, ...[0, 8, 16, 24].map((shift) => (displacement >> shift) & 0xff)] }); // jmp [rip + displacement]
  const displacement = build(0).slotRva('ijwhost.dll', '_CorDllMain') - (ENTRY + 6);
  const outcome = new Loader({ host: 'core' }).load(build(displacement).bytes, { nativeFirst: true });
  expect(outcome.events.find((event) => event.step === 'corDllMain')).toMatchObject({ host: 'ijwhost.dll', reason: 'processAttach' });
  expect(outcome).toMatchObject({ outcome: 'refused', rule: 'entryPointFailed', hresult: 0x8007045a });
});
