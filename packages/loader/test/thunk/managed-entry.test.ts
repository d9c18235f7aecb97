// The convention of managed code on x86.
import { buildMixedImage } from '@ijw/fixtures';
import { Loader } from '@ijw/loader';
import { type AbiType, type CallShape, placeManagedCallX86 } from '@ijw/marshalling';
import { describe, expect, it } from 'vitest';
import { FixtureCode } from '../oracle/fixture-code.ts';

const INT: AbiType = { kind: 'integer', size: 4, signed: true };
const LONG: AbiType = { kind: 'integer', size: 8, signed: true };
const DOUBLE: AbiType = { kind: 'float', size: 8 };
const STRUCT: AbiType = { kind: 'aggregate', size: 12, alignment: 4 };

describe.each([
  // Two integers are where the managed convention of x86 has them: in ecx and edx.
  { architecture: 'x86', type: 1, convention: 'fastcall' },
  { architecture: 'x64', type: 2, convention: 'cdecl' },
  { architecture: 'arm64', type: 2, convention: 'cdecl' },
] as const)('the entry of a managed method on $architecture', ({ architecture, type, convention }) => {
  const shape: CallShape = { convention, memberFunction: false, variadic: false, parameters: [INT, INT], result: INT };

  it.each(['ijwhost.dll', undefined] as const)('is called through its slot, the first time and again (%s)', (host) => {
    const { bytes } = buildMixedImage({ architecture, host, records: [{ type, slots: ['Add', 'NativeAdd'] }] });
    const outcome = new Loader({ host: 'core', managedEntry: new FixtureCode(bytes) }).load(bytes, { path: 'mixed.dll' });
    const [add, nativeAdd] = outcome.module!.slots.map(({ after }) => Number(after)) as [number, number];
    expect(outcome.module!.execute(add, shape, 40, 2)).toEqual({ kind: 'returned', value: 42 });
    expect(outcome.module!.execute(add, shape, -7, 3)).toEqual({ kind: 'returned', value: -4 });
    expect(outcome.module!.execute(nativeAdd, shape, 20, 3)).toEqual({ kind: 'returned', value: 23 });
    const steps = outcome.events.map((event) => event.step);
    expect(steps.filter((step) => step === 'prepareThunk')).toHaveLength(2);
  });
});

describe('the convention of managed code on x86', () => {
  const places = (parameters: readonly AbiType[], result: AbiType): unknown => {
    const placed = placeManagedCallX86(parameters, result);
    if ('kind' in placed) return placed.reason;
    const text = placed.arguments.map(({ pieces: [piece] }) => {
      const { place } = piece!;
      return place.kind === 'register' ? place.register : `stack+${place.offset}`;
    });
    return [...text, placed.calleePops];
  };

  it('has two values in registers and pushes the others from left to right', () => {
    expect(places([INT, INT, INT, INT], INT)).toEqual(['ecx', 'edx', 'stack+4', 'stack+0', 8]);
    expect(places([DOUBLE, INT, LONG, INT, INT], INT)).toEqual(['stack+12', 'ecx', 'stack+4', 'edx', 'stack+0', 20]);
    expect(places([STRUCT, INT], DOUBLE)).toEqual(['stack+0', 'ecx', 12]);
  });

  it('has the address of a result that is a structure before everything else', () => {
    expect(places([INT, INT], STRUCT)).toEqual(['edx', 'stack+0', 4]);
    expect(places([], { ...STRUCT, size: 8 })).toMatch(/not placed on x86/);
  });
});
