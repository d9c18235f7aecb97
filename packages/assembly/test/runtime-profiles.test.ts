// What is known of each runtime, which one an image is for, and the processes that it can be loaded into.
import { processPlatform, RUNTIME_PROFILES, refusalCodes, refusalMessage, runtimeIds, targetRuntime } from '@ijw/assembly';
import { buildMixedImage } from '@ijw/fixtures';
import { Metadata, makeToken, TableId } from '@ijw/metadata';
import { type CliHeaderInput, CorFlags, Machine, PEImage, readCliHeader } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { buildILImage, methodSignature, STRING, VOID } from '../../il/test/il-image.ts';

describe('the profiles', () => {
  it('are complete, each with its source', () => {
    expect(Object.keys(RUNTIME_PROFILES)).toEqual([...runtimeIds]);
    for (const id of runtimeIds) expect(RUNTIME_PROFILES[id]).toMatchObject({ id, source: expect.stringMatching(/./) });
  });

  it.each([
    [
      'otherArchitecture',
      { net40: 0x8007000b, 'netcoreapp3.1': 0x8007000b, 'net5.0': 0x8007000b, 'net8.0': 0x80131621, 'net10.0': 0x80132006 },
    ],
    ['nativeImage', { net40: 0x80131018, 'netcoreapp3.1': 0x8007000b, 'net5.0': 0x8007000b, 'net6.0': 0x8007000b, 'net11.0': 0x8007000b }],
    ['mixedFromBytes', { net40: 0x80131019, 'netcoreapp3.1': 0x8007000b, 'net5.0': 0x8007000b, 'net7.0': 0x8007000b }],
    ['missingDependency', { net40: 0x8007007e, 'netcoreapp3.1': 0x8007000b, 'net5.0': 0x8007000b, 'net6.0': 0x8007007e }],
  ] as const)('%s has the codes of each runtime', (refusal, codes) => {
    for (const id of runtimeIds) {
      const hresult = (codes as Partial<Record<string, number>>)[id];
      if (hresult !== undefined) expect([id, refusalCodes(id, refusal)]).toEqual([id, expect.objectContaining({ hresult })]);
    }
  });

  it('say where nothing is known', () => {
    expect(refusalCodes('net7.0', 'otherArchitecture')).toBe('unknown');
    expect(refusalCodes('net20', 'nativeImage')).toBeUndefined();
    const older = refusalCodes('net40', 'olderRuntime');
    expect(older).toMatchObject({ exception: 'System.IO.FileLoadException' });
    expect(older).not.toHaveProperty('hresult');
  });

  it('have messages with places that are filled', () => {
    expect(refusalMessage("'{file}' of {version}", { version: 'v2.0.50727' })).toBe("'{file}' of v2.0.50727");
  });
});

interface Built {
  readonly references?: readonly string[];
  readonly framework?: string;
  readonly flags?: number;
  /** Of the CLI header, beside its flags. */
  readonly cli?: CliHeaderInput;
}

function built({ references = ['mscorlib'], framework, flags = 1, cli = {} }: Built): { image: PEImage; metadata: Metadata | undefined } {
  const bytes = buildILImage(
    ({ builder, system }) => {
      for (const Name of references) builder.add('AssemblyRef', { Name, Major: 4 });
      builder.add('Assembly', { Name: 'a', Major: 1 });
      if (framework === undefined) return;
      const type = system('System.Runtime.Versioning.TargetFrameworkAttribute');
      const constructor_ = builder.add('MemberRef', { Class: type, Name: '.ctor', Signature: methodSignature(0x20, VOID, STRING) });
      const text = new TextEncoder().encode(framework);
      const value = Uint8Array.of(1, 0, text.length, ...text, 0, 0);
      builder.add('CustomAttribute', { Parent: makeToken(TableId.Assembly, 1), Type: constructor_, Value: value });
    },
    { flags, ...cli },
  );
  const image = PEImage.parse(bytes);
  return { image, metadata: Metadata.of(image) };
}

const targetOf = (input: Built) => {
  const { image, metadata } = built(input);
  return targetRuntime(image, metadata);
};

describe('the runtime that an image is for', () => {
  it.each([
    ['.NETCoreApp,Version=v8.0', 'core', 'net8.0'],
    ['.NETCoreApp,Version=v3.1', 'core', 'netcoreapp3.1'],
    ['.NETCoreApp,Version=10.0', 'core', 'net10.0'],
    ['.NETFramework, Profile=Client, Version=4.0', 'framework', 'net40'],
    ['.NETCoreApp,Version=v2.1', 'core', 'netcoreapp3.1'],
    ['.NETCoreApp,Version=v14.0', 'core', 'net11.0'],
    ['.NETFramework,Version=v3.5', 'framework', 'net20'],
    ['.NETFramework,Version=v4.7.2', 'framework', 'net40'],
    ['.NETStandard,Version=v2.0', 'either', 'net10.0'],
  ] as const)('%s', (framework, host, runtime) => {
    expect(targetOf({ framework })).toEqual({ host, runtime, because: 'targetFramework' });
  });

  it('goes by the libraries that IL refers to', () => {
    // The builder refers to System.Runtime.
    expect(targetOf({ references: [] })).toEqual({ host: 'core', runtime: 'net10.0', because: 'references' });
    expect(targetOf({ references: ['mscorlib'] })).toEqual({ host: 'framework', runtime: 'net40', because: 'metadataVersion' });
    expect(targetOf({ framework: '.NETPortable,Version=v4.5', references: [] })).toMatchObject({ because: 'references' });
  });

  it('goes by the host that a mixed image imports', () => {
    const target = (host: 'ijwhost.dll' | 'mscoree.dll' | undefined) => {
      const image = PEImage.parse(buildMixedImage({ architecture: 'x64', host, records: [] }).bytes);
      return targetRuntime(image, Metadata.of(image));
    };
    expect(target('ijwhost.dll')).toEqual({ host: 'core', runtime: 'net10.0', because: 'hostImport' });
    expect(target('mscoree.dll')).toEqual({ host: 'framework', runtime: 'net40', because: 'hostImport' });
    expect(target(undefined)).toEqual({ host: 'either', runtime: 'net10.0', because: 'nothing' });
  });
});

describe('the processes that an image can be loaded into', () => {
  const platformOf = (flags: number) => {
    const { image } = built({ flags });
    return processPlatform(image, readCliHeader(image));
  };

  it.each([
    [CorFlags.ILONLY, 'x64', true, 'AnyCPU: x64 process on 64-bit Windows'],
    [CorFlags.ILONLY | CorFlags.REQUIRED_32BIT | CorFlags.PREFERRED_32BIT, 'x86', true, 'AnyCPU, prefers 32-bit: x86'],
    [CorFlags.ILONLY | CorFlags.REQUIRED_32BIT, 'x86', false, 'x86 only'],
    [0, 'x86', false, 'x86 only (mixed-mode)'],
  ])('flags %i of PE32', (flags, architecture, anyCpu, text) => {
    expect(platformOf(flags)).toEqual({ architecture, anyCpu, text });
  });

  it.each([
    [2, 0, 'x86', 'AnyCPU of .NET 1: x86 process on 64-bit Windows'],
    [2, 5, 'x64', 'AnyCPU: x64 process on 64-bit Windows'],
    [3, 0, 'x64', 'AnyCPU: x64 process on 64-bit Windows'],
  ])('the CLI header of version %i.%i', (majorRuntimeVersion, minorRuntimeVersion, architecture, text) => {
    const { image } = built({ cli: { majorRuntimeVersion, minorRuntimeVersion } });
    expect(processPlatform(image, readCliHeader(image))).toEqual({ architecture, anyCpu: true, text });
  });

  it.each([
    ['x64', 'x64 only (mixed-mode)'],
    ['arm64', 'arm64 only (mixed-mode)'],
  ] as const)('a mixed image for %s', (architecture, text) => {
    const image = PEImage.parse(buildMixedImage({ architecture, records: [] }).bytes);
    expect(processPlatform(image, readCliHeader(image)).text).toBe(text);
    expect(processPlatform(image, undefined).text).toBe(`${architecture} only (native)`);
  });

  it('knows no Windows process for other machines', () => {
    const image = PEImage.parse(buildMixedImage({ architecture: 'x64', records: [], pe: { machine: Machine.RISCV64 } }).bytes);
    expect(processPlatform(image, undefined).text).toBe('riscv64 only (native)');
  });
});
