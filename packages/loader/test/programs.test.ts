// EXEs: what mscoree's _CorExeMain does with a program of .NET Framework, and .NET with an EXE that is loaded like a DLL.
import { buildMixedImage, buildReferencedAssembly, type MixedImageOptions } from '@ijw/fixtures';
import { Loader, type LoadOutcome, type ManagedCall, RecordingManagedEntry } from '@ijw/loader';
import { describe, expect, it } from 'vitest';

const EXE = { coff: { characteristics: 0x22 } };
const ENTRY = { entryPointTokenOrRva: 0x0600_0001 };

const mixed = (options: Partial<MixedImageOptions> = {}): Uint8Array =>
  buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 10, slots: ['Add'] }], pe: EXE, cli: ENTRY, ...options })
    .bytes;

const steps = ({ events }: LoadOutcome): string[] => events.map(({ step }) => step);

function start(bytes: Uint8Array, architecture: 'x86' | 'x64' | 'arm64' = 'x64') {
  const managedEntry = new RecordingManagedEntry();
  const loader = new Loader({ host: 'framework', architecture, managedEntry });
  return { loader, outcome: loader.load(bytes, { path: 'program.exe' }), calls: managedEntry.calls };
}

const entryPoints = (calls: readonly ManagedCall[]): string[] =>
  calls.filter(({ through }) => through === 'entryPoint').map(({ method }) => method);

describe('a mixed program of .NET Framework', () => {
  it.each([
    ['x86', 5, '_CorExeMain'],
    ['x64', 10, '_CorExeMain'],
    ['x64', 6, '_CorDllMain'],
    ['arm64', 6, '_CorExeMain'],
  ] as const)('for %s, slots of type %i, importing %s, runs its managed entry point once', (architecture, type, hostSymbol) => {
    const { outcome, calls } = start(mixed({ architecture, hostSymbol, records: [{ type, slots: ['Add'] }] }), architecture);
    expect(outcome).toMatchObject({ outcome: 'loaded', hresult: 0 });
    expect(outcome.module!.slots[0]!.content.kind).toBe('reverse');
    expect(entryPoints(calls)).toEqual(['<Module>::Add']);
    const order = ['corExeMain', 'startRuntime', 'patchSlot', 'loaded', 'moduleConstructor', 'managedEntryPoint'];
    expect(steps(outcome).filter((step) => order.includes(step))).toEqual(order);
    expect(outcome.events.find(({ step }) => step === 'activate')).toMatchObject({ cause: '_CorExeMain' });
  });

  it('runs native code where the CLI header names it', () => {
    const { outcome, calls } = start(mixed({ nativeEntry: 1, cli: {} }));
    expect(outcome.outcome).toBe('loaded');
    expect(outcome.events.find(({ step }) => step === 'nativeEntryPoint')).toMatchObject({ result: 1 });
    expect(entryPoints(calls)).toEqual([]);
  });

  it.each([0, 0x0600_0099, 0x0a00_0001])('has no entry point in 0x%x', (entryPointTokenOrRva) => {
    expect(start(mixed({ cli: { entryPointTokenOrRva } })).outcome).toMatchObject({ outcome: 'refused', rule: 'noEntryPoint' });
  });

  it('needs what it imports, as the program of a process does', () => {
    const imports = [{ name: 'absent.dll', symbols: [{ name: 'F' }] }];
    const loader = new Loader({ host: 'framework', provider: { find: (name) => (name === 'absent.dll' ? 'missing' : undefined) } });
    expect(loader.load(mixed({ imports }), { path: 'program.exe' })).toMatchObject({ outcome: 'refused', hresult: 0x8007007e });
  });

  it('is a library once a program runs: nothing of it is called', () => {
    const { loader, calls } = start(mixed());
    expect(loader.load(mixed({ name: 'second' }), { path: 'second.exe' })).toMatchObject({ outcome: 'loaded' });
    expect(entryPoints(calls)).toEqual(['<Module>::Add']);
  });
});

describe('an IL-only program of .NET Framework', () => {
  it('runs its Main', () => {
    const { outcome, calls } = start(buildReferencedAssembly({ name: 'app', program: true }));
    expect(outcome.outcome).toBe('loaded');
    expect(entryPoints(calls)).toEqual(['Program::Main']);
  });

  it('without an entry point ends with an exception', () => {
    const bytes = buildReferencedAssembly({ name: 'app', program: true, cli: { entryPointTokenOrRva: 0 } });
    expect(start(bytes).outcome).toMatchObject({ outcome: 'refused', rule: 'noEntryPoint' });
  });
});

it('a DLL keeps the rule of DllMain', () => {
  const { outcome } = start(mixed({ pe: {} }));
  expect(outcome).toMatchObject({ outcome: 'refused', rule: 'managedDllMainSignature' });
});

it('.NET runs nothing of an EXE and binds none of its imports', () => {
  const outcome = new Loader({ host: 'core' }).load(mixed({ host: 'ijwhost.dll' }), { path: 'program.exe' });
  expect(outcome.outcome).toBe('loaded');
  expect(steps(outcome)).not.toContain('managedEntryPoint');
  expect(steps(outcome)).not.toContain('bindModule');
  expect(outcome.module!.slots[0]!.content.kind).toBe('reverse');
});
