// Plans of the corpus's P/Invokes (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Loader } from '@ijw/loader';
import { type Architecture, architectureOf } from '@ijw/machine';
import { type ForwardCall, ForwardCalls, forwardSteps, forwardStepText, NativeCalls } from '@ijw/marshalling';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { Boundary, type ManagedToNative } from '@ijw/vtfixup';
import { describe, expect, it } from 'vitest';

/** Real files beside a checkout, each with what other tools measured of it. Absent in a clone. */
const CORPUS = join(import.meta.dirname, '../../../../shared/corpus');

interface Measured {
  readonly file: string;
  readonly category: string;
}

const measured: readonly Measured[] = existsSync(CORPUS)
  ? (JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as { files: Measured[] }).files.filter(
      ({ category }) => category !== 'native-crt',
    )
  : [];

const mixed = measured.filter(({ category }) => category === 'mixed').map(({ file }) => file);

const read = (file: string): PEImage => PEImage.parse(new Uint8Array(readFileSync(join(CORPUS, file))));

/** What a reason may be where the runtime would make a stub, or would make none either. */
const KNOWN_REASONS = [
  /^The runtime itself brings the function, without a stub$/,
  /^(The result|Parameter \d+): \S+ is defined in another assembly, its size is not known$/,
];

function expectAgreement(call: ManagedToNative, plan: ForwardCall): void {
  expect(plan.causes).toEqual(call.marshallingCauses);
  const isPlain = plan.arguments.every((argument) => argument.kind === 'parameter' && argument.value.blittable) && plan.result.blittable;
  if (call.marshallingCauses.length === 0) {
    expect(isPlain, call.method).toBe(true);
    expect([plan.hresultSwapping, plan.setLastError]).toEqual([false, false]);
  }
  // The other way round the runtime errs on the safe side: any MarshalAs, any bool or char and any structure of another assembly makes a stub.
  const positions = new Set(call.marshallingCauses.flatMap(({ position }) => position ?? []));
  for (const argument of plan.arguments) {
    if (argument.kind === 'parameter' && !argument.value.blittable) expect(positions, call.method).toContain(argument.value.position);
  }
}

describe.skipIf(measured.length === 0)('the P/Invokes of the corpus (shared/corpus)', () => {
  it.each(measured.map(({ file }) => file))('%s: every row has a plan or a reason, and agrees with the boundary', (file) => {
    const image = read(file);
    const metadata = Metadata.of(image);
    if (!metadata) throw new Error('no metadata');
    const architecture: Architecture = architectureOf(image.machine) ?? 'x64';
    const forward = new ForwardCalls({ architecture, host: 'core', calls: new NativeCalls(metadata, image) });
    for (const call of Boundary.of(image, metadata).managedToNative) {
      const plan = forward.of(call.token, { target: call.method });
      if (plan.kind === 'unsupported') {
        expect(
          KNOWN_REASONS.some((reason) => reason.test(plan.reason)),
          `${call.method}: ${plan.reason}`,
        ).toBe(true);
        continue;
      }
      expectAgreement(call, plan);
      for (const step of forwardSteps(plan)) expect(forwardStepText(step)).not.toBe('');
    }
  });

  it.each(mixed)('%s: every P/Invoke of the load has a stub', (file) => {
    const outcome = new Loader({ host: 'core' }).load(read(file), { path: file });
    expect(outcome.outcome).toBe('loaded');
    expect(outcome.module!.pinvokes.length).toBeGreaterThan(0);
    for (const { stub, method } of outcome.module!.pinvokes) expect(stub.kind, method).toBe('plan');
  });
});
