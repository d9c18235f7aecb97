// The start-up sequence on mscoree and ijwhost: managed first, native first, DllMain.
import { buildMixedImage, type FixtureArchitecture, methodToken, type RecordInput } from '@ijw/fixtures';
import { type LoadedModule, Loader, type LoaderOptions, type LoadOutcome, RecordingManagedEntry } from '@ijw/loader';
import { describe, expect, it } from 'vitest';

const P = { x86: 1, x64: 2, arm64: 2 } as const;
const ARCHITECTURES: readonly FixtureArchitecture[] = ['x86', 'x64', 'arm64'];

/** Two slots for native callers, one entry of its own, one for the caller's domain. */
const records = (architecture: FixtureArchitecture): RecordInput[] => [
  { type: P[architecture] | 4, slots: ['Add', 'Twice'] },
  { type: P[architecture], slots: ['Add'] },
  { type: P[architecture] | 8, slots: ['Add'] },
];

const image = (architecture: FixtureArchitecture, host: 'ijwhost.dll' | 'mscoree.dll' | undefined): Uint8Array =>
  buildMixedImage({ architecture, host, records: records(architecture) }).bytes;

function loaded(outcome: LoadOutcome): LoadedModule {
  if (outcome.outcome !== 'loaded') throw new Error(`${outcome.rule}: ${outcome.reason}`);
  return outcome.module;
}

const steps = (outcome: LoadOutcome): string[] => outcome.events.map((event) => event.step);
const kinds = (module: LoadedModule): string[] => module.slots.map((slot) => slot.content.kind);
const FILLED = ['reverse', 'reverse', 'managed', 'reverse'];

function start(options: LoaderOptions): { readonly loader: Loader; readonly managed: RecordingManagedEntry } {
  const managed = new RecordingManagedEntry();
  return { loader: new Loader({ managedEntry: managed, ...options }), managed };
}

describe.each(ARCHITECTURES)('a mixed image for %s', (architecture) => {
  describe('on .NET, with ijwhost', () => {
    it('managed first: thunks from ijwhost, replaced by the runtime; the module constructor waits', () => {
      const { loader, managed } = start({ host: 'core' });
      const outcome = loader.load(image(architecture, 'ijwhost.dll'), { path: 'mixed.dll' });
      const module = loaded(outcome);
      expect(kinds(module)).toEqual(FILLED);
      expect(outcome.events.filter((event) => event.step === 'bootstrapThunk')).toHaveLength(4);
      expect(outcome.events.find((event) => event.step === 'findHost')).toMatchObject({
        module: 'ijwhost.dll',
        reads: 'tokens from thunks',
      });
      expect(managed.calls).toEqual([]);
      expect(module.callSlot(module.slots[0]!.rva, 40, 2)).toMatchObject({ kind: 'returned', method: '<Module>::Add' });
      expect(managed.calls.map((call) => [call.method, call.through])).toEqual([
        ['<Module>::.cctor', 'moduleConstructor'],
        ['<Module>::Add', 'slot'],
      ]);
    });

    it('native first: the first call of any slot starts the runtime and rewrites all slots', () => {
      const { loader, managed } = start({ host: 'core' });
      const outcome = loader.load(image(architecture, 'ijwhost.dll'), { path: 'mixed.dll', nativeFirst: true });
      const module = loaded(outcome);
      expect(kinds(module)).toEqual(['bootstrap', 'bootstrap', 'bootstrap', 'bootstrap']);
      expect(steps(outcome)).not.toContain('startRuntime');
      expect(steps(outcome)).toContain('disableThreadLibraryCalls');
      expect(module.callSlot(module.slots[1]!.rva, 21).kind).toBe('returned');
      expect(kinds(module)).toEqual(FILLED);
      expect(managed.calls.map((call) => call.method)).toEqual(['<Module>::.cctor', '<Module>::Twice']);
      expect(module.unload()).toBe(false);
    });

    it('native first: FreeLibrary before any call frees the thunks and unmaps', () => {
      const { loader } = start({ host: 'core' });
      const outcome = loader.load(image(architecture, 'ijwhost.dll'), { path: 'mixed.dll', nativeFirst: true });
      const module = loaded(outcome);
      expect(module.unload()).toBe(true);
      expect(module.mapped).toBe(false);
      expect(steps(outcome)).toEqual(expect.arrayContaining(['releaseBootstrapThunks', 'unmap']));
      expect(module.slots).toEqual([]);
      const again = loader.load(image(architecture, 'ijwhost.dll'), { path: 'mixed.dll', nativeFirst: true });
      expect(kinds(loaded(again))).toEqual(['bootstrap', 'bootstrap', 'bootstrap', 'bootstrap']);
    });

    it('a bootstrap thunk has the bytes of the sources', () => {
      const module = loaded(start({ host: 'core' }).loader.load(image(architecture, 'ijwhost.dll'), { nativeFirst: true }));
      const slot = module.slots[0]!;
      if (slot.content.kind !== 'bootstrap') throw new Error(slot.content.kind);
      const view = new DataView(slot.content.bytes.buffer);
      const pointer = (at: number): bigint => (architecture === 'x86' ? BigInt(view.getUint32(at, true)) : view.getBigUint64(at, true));
      const layout = {
        x86: { size: 17, entry: 4, token: 0, module: 9, slot: 13 },
        x64: { size: 0x2c, entry: 0, token: 0x18, module: 0x1c, slot: 0x24 },
        arm64: { size: 0x2c, entry: 0, token: 0x28, module: 0x18, slot: 0x20 },
      }[architecture];
      expect(slot.content.size).toBe(layout.size);
      expect(view.getUint32(layout.token, true)).toBe(methodToken('Add'));
      expect(pointer(layout.module)).toBe(BigInt(module.base));
      expect(pointer(layout.slot)).toBe(BigInt(module.base + slot.rva));
      const code = [...slot.content.bytes.subarray(layout.entry)];
      if (architecture === 'x86') expect(code[0]).toBe(0xe8);
      if (architecture === 'x64') {
        expect(code.slice(0, 2)).toEqual([0x49, 0xba]);
        expect(pointer(2)).toBe(BigInt(slot.content.address));
        expect(code.slice(10, 12)).toEqual([0x49, 0xbb]);
        expect(code.slice(20, 24)).toEqual([0x41, 0xff, 0xe3, 0]);
      }
      if (architecture === 'arm64')
        expect([0, 4, 8, 12].map((at) => view.getUint32(at, true))).toEqual([0x10000010, 0xf9400a11, 0xd61f0220, 0]);
    });
  });

  describe('on .NET Framework, with mscoree', () => {
    it('managed first: no bootstrap thunks; domains are bound by the record; the module constructor runs', () => {
      const { loader, managed } = start({ host: 'framework' });
      const outcome = loader.load(image(architecture, 'mscoree.dll'), { path: 'mixed.dll' });
      expect(kinds(loaded(outcome))).toEqual(FILLED);
      expect(steps(outcome)).not.toContain('bootstrapThunk');
      const domains = outcome.events.flatMap((event) => (event.step === 'makeThunk' ? [event.appDomain] : []));
      expect(domains).toEqual(['first', 'first', undefined, 'caller']);
      expect(managed.calls.map((call) => call.method)).toEqual(['<Module>::.cctor']);
    });

    it('native first: LoadLibrary itself starts the runtime, fills the slots and runs the module constructor', () => {
      const { loader, managed } = start({ host: 'framework' });
      const outcome = loader.load(image(architecture, 'mscoree.dll'), { path: 'mixed.dll', nativeFirst: true });
      const module = loaded(outcome);
      expect(kinds(module)).toEqual(FILLED);
      expect(outcome.events.find((event) => event.step === 'startRuntime')).toMatchObject({ runtime: 'CLR 4', cause: '_CorDllMain' });
      expect(managed.calls.map((call) => call.method)).toEqual(['<Module>::.cctor']);
      expect(module.assemblyName).toBe('mixed, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null');
    });
  });

  describe('with a managed DllMain', () => {
    const withEntry = (host: 'ijwhost.dll' | 'mscoree.dll'): Uint8Array =>
      buildMixedImage({ architecture, host, records: records(architecture), cli: { entryPointTokenOrRva: methodToken('Add') } }).bytes;

    it('.NET never runs it', () => {
      const { loader, managed } = start({ host: 'core' });
      loaded(loader.load(withEntry('ijwhost.dll'), { path: 'mixed.dll' }));
      expect(managed.calls).toEqual([]);
    });

    it.each([false, true])('.NET Framework refuses one of another signature (native first: %s)', (nativeFirst) => {
      const outcome = start({ host: 'framework' }).loader.load(withEntry('mscoree.dll'), { path: 'mixed.dll', nativeFirst });
      expect(outcome).toMatchObject({ outcome: 'refused', rule: 'managedDllMainSignature', hresult: 0x80131510 });
    });
  });

  it('without a host: managed first the runtime fixes the slots itself, native first nobody does', () => {
    expect(kinds(loaded(start({ host: 'core' }).loader.load(image(architecture, undefined))))).toEqual(FILLED);
    const module = loaded(start({ host: 'core' }).loader.load(image(architecture, undefined), { nativeFirst: true }));
    expect(kinds(module)).toEqual(['raw', 'raw', 'raw', 'raw']);
    expect(module.callSlot(module.slots[0]!.rva).kind).toBe('accessViolation');
  });

  it('duplicates have stubs of their own, except that a method has one entry', () => {
    const p = P[architecture];
    const { bytes } = buildMixedImage({
      architecture,
      records: [
        { type: p | 4, slots: ['Add', 'Add'] },
        { type: p, slots: ['Add', 'Add'] },
      ],
    });
    const [a, b, c, d] = loaded(start({ host: 'core' }).loader.load(bytes)).slots.map((slot) => slot.after);
    expect(a).not.toBe(b);
    expect(c).toBe(d);
    expect(new Set([a, b, c]).size).toBe(3);
  });

  it('a P/Invoke that jumps through the import table is named by the import', () => {
    const module = loaded(start({ host: 'core' }).loader.load(image(architecture, 'ijwhost.dll')));
    expect(module.pinvokes.find((pinvoke) => pinvoke.method === '<Module>::Tick')?.via).toBe('rva -> KERNEL32.dll!GetTickCount');
    expect(module.pinvokes.find((pinvoke) => pinvoke.method === '<Module>::NativeAdd')).toMatchObject({
      via: 'rva',
      callOutcome: { kind: 'native', setLastError: true },
    });
    expect(module.call('Tick')).toMatchObject({ kind: 'native', unresolved: 'kernel32.dll!GetTickCount' });
    expect(module.call('NativeAdd')).not.toHaveProperty('unresolved');
  });

  it('an image at another base is relocated and loads the same', () => {
    const base = architecture === 'x86' ? 0x6000_0000 : 0x7ff9_1234_0000;
    const module = loaded(start({ host: 'core' }).loader.load(image(architecture, 'ijwhost.dll'), { base }));
    expect(module.base).toBe(base);
    expect(kinds(module)).toEqual(FILLED);
    expect(module.callExport('Add_0', 40, 2)).toMatchObject({ kind: 'returned', method: '<Module>::Add' });
  });
});
