// What each runtime answers to an image that it refuses, and that it is said where nothing is known.
import { type RuntimeId, refusalCodes, runtimeIds } from '@ijw/assembly';
import { buildMixedImage, buildNativeDll, buildReferencedAssembly } from '@ijw/fixtures';
import { Loader, type LoaderOptions, type LoadOutcome, type LoadRequest, loadDocument } from '@ijw/loader';
import { describe, expect, it } from 'vitest';
import { buildILImage, methodSignature, VOID } from '../../il/test/il-image.ts';
import { withVersion } from './oracle/metadata-version.ts';

const hostOf = (runtime: RuntimeId): 'framework' | 'core' => (runtime === 'net20' || runtime === 'net40' ? 'framework' : 'core');

function load(bytes: Uint8Array, runtime: RuntimeId, options: Partial<LoaderOptions> = {}, request: LoadRequest = {}): LoadOutcome {
  const loader = new Loader({ host: hostOf(runtime), runtime, architecture: 'x64', ...options });
  return loader.load(bytes, { path: 'C:\\app\\a.dll', ...request });
}

const mixed = (architecture: 'x86' | 'x64' | 'arm64', host?: 'ijwhost.dll' | 'mscoree.dll'): Uint8Array =>
  buildMixedImage({ architecture, host, records: [{ type: architecture === 'x86' ? 5 : 6, slots: ['Add'] }] }).bytes;

const refused = (outcome: LoadOutcome) => (outcome.outcome === 'refused' ? outcome : expect.unreachable());

const native = buildNativeDll({ name: 'n.dll', architecture: 'x64', functions: [], variables: {} });

describe.each([
  ['a mixed image for x86', mixed('x86'), 'otherArchitecture', {}],
  ['a mixed image for arm64', mixed('arm64'), 'otherArchitecture', {}],
  ['a native DLL', native, 'nativeImage', {}],
  ['a mixed image from a byte[]', mixed('x64'), 'mixedFromBytes', { from: 'bytes' }],
] as const)('%s in an x64 process', (_, bytes, refusal, request) => {
  it.each(runtimeIds)('on %s', (runtime) => {
    const asked = runtime === 'net20' ? withVersion(bytes, 'v2.0.50727') : bytes;
    const { hresult, exception, observed } = refused(load(asked, runtime, {}, request));
    const codes = refusalCodes(runtime, refusal);
    if (codes === undefined || codes === 'unknown') {
      expect({ hresult, exception }).toEqual({ hresult: undefined, exception: undefined });
      expect(observed).toMatchObject({ runtime: 'net10.0', exception: { type: expect.any(String) } });
    } else {
      expect({ hresult, type: exception?.type }).toEqual({ hresult: codes.hresult, type: codes.exception });
      expect(exception?.message ?? '').not.toMatch(/\{(file|assembly|version)\}/);
    }
  });
});

describe('a reference assembly', () => {
  const bytes = buildReferencedAssembly({ name: 'r', isReference: true });

  it.each([
    ['net40', "'r, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null' or one of its dependencies. Reference assemblies should not"],
    [
      'net6.0',
      "'r, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null'. Reference assemblies should not be loaded for execution.  They",
    ],
    [
      'net8.0',
      "'r, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null'. Reference assemblies cannot be loaded for execution. (0x80131058)",
    ],
  ] as const)('is not loaded for execution on %s', (runtime, text) => {
    const { rule, hresult, exception } = refused(load(bytes, runtime));
    expect({ rule, hresult, type: exception?.type }).toEqual({
      rule: 'referenceAssembly',
      hresult: 0x80131058,
      type: 'System.BadImageFormatException',
    });
    expect(exception?.message).toContain(text);
  });

  it('is loaded for reflection only', () => {
    expect(load(bytes, 'net40', {}, { from: 'reflectionOnly' }).outcome).toBe('loaded');
  });
});

describe('a DLL that is not there', () => {
  const provider = { find: () => 'missing' as const };

  it.each([
    ['net40', 'mscoree.dll', 0x8007007e, 'System.IO.FileNotFoundException'],
    ['netcoreapp3.1', 'ijwhost.dll', 0x8007000b, 'System.BadImageFormatException'],
    ['net5.0', 'ijwhost.dll', 0x8007000b, 'System.BadImageFormatException'],
    ['net8.0', 'ijwhost.dll', 0x8007007e, 'System.IO.FileNotFoundException'],
    ['net10.0', 'ijwhost.dll', 0x8007007e, 'System.IO.FileNotFoundException'],
  ] as const)('on %s', (runtime, host, hresult, type) => {
    expect(refused(load(mixed('x64', host), runtime, { provider }))).toMatchObject({ hresult, exception: { type } });
  });

  it('is the error of Windows where native code loads the image, whatever the runtime', () => {
    for (const runtime of ['net5.0', 'net40'] as const)
      expect(refused(load(mixed('x64', 'ijwhost.dll'), runtime, { provider }, { nativeFirst: true })).hresult).toBe(0x8007007e);
  });
});

it.each([
  ['net40', 'mscoree.dll', 0x800700c1],
  ['net5.0', 'ijwhost.dll', 0x8007000b],
  ['net8.0', 'ijwhost.dll', 0x800700c1],
  ['net10.0', 'ijwhost.dll', 0x800700c1],
] as const)('a DLL that is not an image on %s', (runtime, host, hresult) => {
  const provider: LoaderOptions['provider'] = {
    find: (name) => (name === 'kernel32.dll' ? { kind: 'image', bytes: new Uint8Array(64), path: 'C:\\app\\KERNEL32.dll' } : undefined),
  };
  const outcome = refused(load(mixed('x64', host), runtime, { provider }));
  expect(outcome).toMatchObject({ hresult, exception: { type: 'System.BadImageFormatException' }, place: { file: 'KERNEL32.dll' } });
});

describe('the version that an image was built for', () => {
  const old = withVersion(mixed('x86', 'mscoree.dll'), 'v2.0.50727');

  it.each(['v2.0.50727', 'v1.1.4322'])('%s is refused by CLR 4 without the policy', (version) => {
    const outcome = refused(load(withVersion(mixed('x86', 'mscoree.dll'), version), 'net40', { architecture: 'x86' }));
    expect(outcome).toMatchObject({
      rule: 'olderRuntime',
      exception: {
        type: 'System.IO.FileLoadException',
        message: `Mixed mode assembly is built against version '${version}' of the runtime and cannot be loaded in the 4.0 runtime without additional configuration information.`,
      },
    });
    expect(outcome.hresult).toBeUndefined();
    expect(loadDocument(outcome)).not.toHaveProperty('hresult');
  });

  it('is taken with the policy, by CLR 2, and by .NET', () => {
    expect(load(old, 'net40', { architecture: 'x86', legacyV2Policy: true }).outcome).toBe('loaded');
    expect(load(old, 'net20', { architecture: 'x86' }).outcome).toBe('loaded');
    expect(load(old, 'net10.0', { architecture: 'x86' }).outcome).toBe('loaded');
  });

  it('is too new for CLR 2', () => {
    expect(refused(load(mixed('x64', 'mscoree.dll'), 'net20'))).toMatchObject({ rule: 'newerRuntime', hresult: 0x8013101b });
  });
});

describe('a refusal that the profile does not list', () => {
  const bad = buildMixedImage({ architecture: 'x64', records: [{ type: 0x12, slots: ['Add'] }] }).bytes;

  it('has the codes of the observed runtime where the profile says so', () => {
    const observed = refused(load(bad, 'net10.0'));
    const { hresult, exception } = observed;
    expect(refused(load(bad, 'net8.0'))).toMatchObject({ hresult, exception });
  });

  it('and else none', () => {
    const outcome = refused(load(bad, 'net5.0'));
    expect(outcome.hresult).toBeUndefined();
    expect(loadDocument(outcome)).toMatchObject({ runtime: 'net5.0', observed: { runtime: 'net10.0', hresult: 0x8007000b } });
  });
});

it('a runtime has one host', () => {
  expect(() => load(mixed('x64'), 'net40', { host: 'core' })).toThrow('.NET Framework 4 does not have the core host');
});

describe('an AnyCPU library', () => {
  const library = buildILImage(({ builder, system }) => {
    builder.add('Assembly', { Name: 'p', Major: 1 });
    builder.add('TypeDef', { Namespace: 'N', Name: 'NativeMethods', Extends: system('System.Object'), MethodList: 1 });
    const method = builder.add('MethodDef', { Name: 'F', Flags: 0x2013, ImplFlags: 0x80, Signature: methodSignature(0, VOID) });
    const module = builder.add('ModuleRef', { Name: 'native' });
    builder.add('ImplMap', { MappingFlags: 0x100, MemberForwarded: method, ImportName: 'F', ImportScope: module });
  });

  it('is loaded into an x64 process, with its P/Invokes and without its imports', () => {
    const outcome = new Loader({ host: 'core' }).load(library, { path: 'p.dll' });
    expect(outcome).toMatchObject({ outcome: 'loaded', architecture: 'x64' });
    expect(outcome.module?.mapped).toBe(true);
    expect(outcome.module?.pinvokes.map(({ method }) => method)).toEqual(['N.NativeMethods::F']);
    expect(outcome.module?.imports).toEqual([]);
    expect(outcome.events.some(({ step }) => step === 'callEntryPoint')).toBe(false);
  });
});
