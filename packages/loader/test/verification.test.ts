// The assertions of `@ijw/loader/verification`: what they pass and what they say (skipped without edge-js).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Loader } from '@ijw/loader';
import { expectOutcome, expectPInvoke, expectSlot, loaderMatchers, VerificationError } from '@ijw/loader/verification';
import { describe, expect, it } from 'vitest';

const file = join(import.meta.dirname, '../../../node_modules/edge-js/lib/native/win32/x64/24/edge_nativeclr.node');

expect.extend(loaderMatchers as never);

interface Matchers {
  toBePatched(): void;
  toBeRaw(): void;
}

describe.skipIf(!existsSync(file))('verification of a loader', () => {
  const outcome = new Loader({ host: 'core' }).load(readFileSync(file), { path: 'edge_nativeclr.node' });
  const module = outcome.module!;
  const slot = module.slots.find((candidate) => candidate.content.kind === 'reverse')!;

  it('says in a line what a slot holds', () => {
    expectSlot(module, slot.token).toBePatched().toReachMethod(slot.method).not.toBeRaw();
    expectSlot(module, { rva: slot.rva }).toBeginWithCode('4c8b15').toChangeToManagedCode().not.toHoldBootstrapThunk();
  });

  it('says in a line how a load went', () => {
    expectOutcome(outcome)
      .toBeLoaded()
      .toStayMapped()
      .not.toBeRefused()
      .toGoThrough('map', 'bindModule', 'deliverEvents', 'collectTokens', 'patchSlot', 'loaded');
    expectOutcome(outcome).not.toGoThrough('patchSlot', 'collectTokens').not.toBreakRule('fixupType');
  });

  it('says in a line where a P/Invoke leads', () => {
    const pinvoke = module.pinvokes.find((candidate) => candidate.via.startsWith('rva -> '))!;
    expectPInvoke(module, pinvoke.method)
      .toBeBoundTo(module.base + pinvoke.rva!)
      .toReachImport(pinvoke.via.slice('rva -> '.length))
      .toBeCallable();
  });

  it('throws with what is there instead', () => {
    expect(() => expectSlot(module, slot.token).toBeRaw()).toThrow(VerificationError);
    expect(() => expectSlot(module, slot.token).toBeRaw()).toThrow(
      /^Expected slot 0x1d[0-9a-f]{3} .* to be as in the file, but it is "reverse"$/,
    );
    expect(() => expectSlot(module, slot.token).not.toBePatched()).toThrow(/not to be patched/);
    expect(() => expectSlot(module, 0x06ffffff)).toThrow('The module has no slot with the token 0x06ffffff');
    expect(() => expectPInvoke(module, 'Nobody::Knows')).toThrow('The module has no P/Invoke Nobody::Knows');
    expect(() => expectOutcome(outcome).toBeRefused(0x8007000b)).toThrow(/to be refused with 0x8007000b/);
  });

  it('extends the expect of Vitest', () => {
    const extended = expect as unknown as (slot: unknown) => Matchers & { readonly not: Matchers };
    extended(slot).toBePatched();
    extended(slot).not.toBeRaw();
    expect(() => extended(slot).not.toBePatched()).toThrow(/Expected slot 0x1d[0-9a-f]{3}/);
  });
});
