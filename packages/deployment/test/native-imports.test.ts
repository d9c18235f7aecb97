// Covers checks 1 to 4: the image, the process, native imports through all levels, ijwhost.dll; each with a deployment that looks the same and loads.
import { Assembly, OBSERVED_RUNTIME, RUNTIME_PROFILES, searchFiles } from '@ijw/assembly';
import { deployed, deployedImage, elfLibrary } from '@ijw/fixtures';
import { Loader, type LoadOutcome } from '@ijw/loader';
import type { Architecture } from '@ijw/machine';
import { PEImage } from '@ijw/pe';
import { searchedModules } from '@ijw/windows';
import { describe, expect, it } from 'vitest';
import { type DeploymentSettings, doctor, type Files, source } from './deployments.ts';

const { ijwhost, library, managed, mixed, mixedFramework, program, runtimeConfig } = deployed;

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly settings?: DeploymentSettings;
  readonly verdict: 'will-not-load' | 'depends-on-target';
  readonly id: string;
  /** In the first line. */
  readonly line: string;
  readonly hresult?: number;
  readonly exception?: string;
  readonly chain?: readonly string[];
  /** Looks the same, and does not have the finding. */
  readonly twin: Files;
  readonly twinSettings?: DeploymentSettings;
  readonly twinVerdict?: 'loads' | 'depends-on-target';
}

const NOT_FOUND = { hresult: 0x8007007e, exception: 'System.IO.FileNotFoundException' };
const x86 = { machine: 'x86' } as const;
const withImports = (imports: Readonly<Record<string, readonly string[]>>, rest: Parameters<typeof library>[0] = {}): Uint8Array =>
  library({ imports, ...rest });
const mixedWith = (name: string, symbol = 'f'): Uint8Array => mixed({ imports: [{ name, symbols: [{ name: symbol }] }] });
const host = { 'ijwhost.dll': ijwhost() };
const config = { 'mixed.runtimeconfig.json': runtimeConfig() };
const native = { started: 'native' } as const;

const CASES: readonly Case[] = [
  {
    name: 'a DLL of text',
    files: { 'a.dll': '<html>' },
    settings: { file: 'a.dll' },
    verdict: 'will-not-load',
    id: 'DR102',
    line: 'a.dll is a text file',
    hresult: 0x800700c1,
    twin: { 'a.dll': library() },
  },
  {
    name: 'an image that breaks a rule of the CLI header',
    files: { ...host, 'mixed.dll': mixed({ cli: { majorRuntimeVersion: 1 } }) },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR101',
    line: 'mixed.dll is refused',
    hresult: 0x8007000b,
    exception: 'System.BadImageFormatException',
    twin: { ...host, 'mixed.dll': mixed() },
  },
  {
    name: 'an x86 mixed image in an x64 process',
    files: { 'ijwhost.dll': ijwhost('x86'), 'mixed.dll': mixed({ architecture: 'x86', records: [{ type: 5, slots: ['Add'] }] }) },
    settings: { file: 'mixed.dll', architecture: 'x64' },
    verdict: 'will-not-load',
    id: 'DR201',
    line: 'mixed.dll is for x86, the process is x64',
    hresult: 0x80132006,
    exception: 'System.IO.FileLoadException',
    twin: { 'ijwhost.dll': ijwhost('x86'), 'mixed.dll': mixed({ architecture: 'x86', records: [{ type: 5, slots: ['Add'] }] }) },
    twinSettings: { file: 'mixed.dll' },
  },
  {
    name: 'an AnyCPU program that refers to an x86 assembly',
    files: {
      'App.exe': program('App', { references: [{ name: 'B' }] }),
      'App.runtimeconfig.json': runtimeConfig(),
      'B.dll': managed('B', {}, x86),
    },
    verdict: 'will-not-load',
    id: 'DR201',
    line: 'B.dll is for x86, the process is x64 (App.exe is AnyCPU)',
    chain: ['App.exe', 'B.dll'],
    twin: {
      'App.exe': program('App', { references: [{ name: 'B' }] }, { machine: 'prefer32' }),
      'App.runtimeconfig.json': runtimeConfig(),
      'B.dll': managed('B', {}, x86),
    },
  },
  {
    name: 'ARM64EC code',
    files: { 'a.dll': library({ hybrid: true }) },
    settings: { file: 'a.dll' },
    verdict: 'depends-on-target',
    id: 'DR202',
    line: 'a.dll has ARM64EC code',
    twin: { 'a.dll': library() },
  },
  {
    name: 'ARM64EC code in an arm64 process',
    files: { 'a.dll': library({ hybrid: true }) },
    settings: { file: 'a.dll', architecture: 'arm64' },
    verdict: 'will-not-load',
    id: 'DR201',
    line: 'a.dll is for arm64ec, the process is arm64',
    twin: { 'a.dll': library({ machine: 'arm64', hybrid: true }) },
  },
  {
    name: 'an ELF library on Windows',
    files: { 'a.so': elfLibrary() },
    settings: { file: 'a.so', os: 'win10' },
    verdict: 'will-not-load',
    id: 'DR203',
    line: 'a.so is an ELF file, which Windows 10 and 11 does not load',
    twin: { 'a.so': elfLibrary() },
    twinSettings: { file: 'a.so' },
  },
  {
    name: 'an assembly of .NET Framework on Nano Server',
    files: { 'a.dll': managed('a', { target: '.NETFramework,Version=v4.8' }) },
    settings: { file: 'a.dll', os: 'nanoserver' },
    verdict: 'will-not-load',
    id: 'DR204',
    line: 'a.dll is for .NET Framework, which Nano Server does not have',
    twin: { 'a.dll': managed('a') },
  },
  {
    name: 'ijwhost.dll beside the image, not beside the program',
    files: {
      'Host.exe': deployedImage({ program: true }),
      'plugins/mixed.dll': mixed(),
      'plugins/ijwhost.dll': ijwhost(),
      'plugins/mixed.runtimeconfig.json': runtimeConfig(),
    },
    settings: { file: 'plugins/mixed.dll', app: 'Host.exe', started: 'native' },
    verdict: 'will-not-load',
    id: 'DR405',
    line: 'ijwhost.dll lies beside mixed.dll, not beside Host.exe, which loads it',
    hresult: 0x8007007e,
    twin: {
      'Host.exe': deployedImage({ program: true }),
      'plugins/mixed.dll': mixed(),
      'ijwhost.dll': ijwhost(),
      'plugins/mixed.runtimeconfig.json': runtimeConfig(),
    },
  },
  {
    name: 'an import that is missing',
    files: { ...host, 'mixed.dll': mixedWith('helper.dll') },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR301',
    line: 'helper.dll is missing; mixed.dll imports it',
    ...NOT_FOUND,
    chain: ['mixed.dll', 'helper.dll'],
    twin: { ...host, 'mixed.dll': mixedWith('helper.dll'), 'Helper.DLL': library() },
  },
  {
    name: 'an import of an import of an import that is missing',
    files: { ...host, 'mixed.dll': mixedWith('b.dll'), 'b.dll': withImports({ 'c.dll': ['f'] }), 'c.dll': withImports({ 'd.dll': ['f'] }) },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR301',
    line: 'd.dll is missing; c.dll imports it',
    ...NOT_FOUND,
    chain: ['mixed.dll', 'b.dll', 'c.dll', 'd.dll'],
    twin: { ...host, 'mixed.dll': mixedWith('b.dll'), 'b.dll': withImports({ 'c.dll': ['f'] }), 'c.dll': withImports({ 'b.dll': ['f'] }) },
  },
  {
    name: 'a missing import on .NET 5',
    files: { ...host, 'mixed.dll': mixedWith('helper.dll') },
    settings: { file: 'mixed.dll', runtime: 'net5.0' },
    verdict: 'will-not-load',
    id: 'DR301',
    line: 'helper.dll is missing',
    hresult: 0x8007000b,
    exception: 'System.BadImageFormatException',
    twin: { ...host, 'mixed.dll': mixedWith('helper.dll'), 'helper.dll': library() },
  },
  {
    name: 'a missing import for native code',
    files: { ...host, ...config, 'mixed.dll': mixedWith('helper.dll') },
    settings: { file: 'mixed.dll', ...native },
    verdict: 'will-not-load',
    id: 'DR301',
    line: 'helper.dll is missing',
    hresult: 0x8007007e,
    twin: { ...host, ...config, 'mixed.dll': mixedWith('helper.dll'), 'helper.dll': library() },
  },
  {
    name: 'an import for another machine',
    files: { ...host, 'mixed.dll': mixedWith('helper.dll'), 'helper.dll': library(x86) },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR302',
    line: 'helper.dll is for x86, the process is x64',
    hresult: 0x800700c1,
    exception: 'System.BadImageFormatException',
    twin: { ...host, 'mixed.dll': mixedWith('helper.dll'), 'helper.dll': library() },
  },
  {
    name: 'an import that is not a PE image',
    files: { ...host, 'mixed.dll': mixedWith('helper.dll'), 'helper.dll': 'version https://git-lfs.github.com/spec/v1' },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR303',
    line: 'helper.dll is a text file, not a DLL that Windows loads',
    hresult: 0x800700c1,
    twin: { ...host, 'mixed.dll': mixedWith('helper.dll'), 'helper.dll': library() },
  },
  {
    name: 'a function that is missing',
    files: { ...host, 'mixed.dll': mixedWith('helper.dll', 'compute'), 'helper.dll': library({ exports: ['_compute@8'] }) },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR304',
    line: 'helper.dll does not export compute, which mixed.dll imports; it exports _compute@8',
    hresult: 0x8007007f,
    twin: { ...host, 'mixed.dll': mixedWith('helper.dll', 'compute'), 'helper.dll': library({ exports: ['compute'] }) },
  },
  {
    name: 'a library of Visual C++ 2015 to 2022',
    files: { 'a.dll': withImports({ 'VCRUNTIME140.dll': ['memset'] }) },
    settings: { file: 'a.dll' },
    verdict: 'depends-on-target',
    id: 'DR305',
    line: 'VCRUNTIME140.dll is not in the folder: it must come from the Visual C++ 2015-2022 redistributable (x64)',
    hresult: 0x8007007e,
    twin: { 'a.dll': withImports({ 'VCRUNTIME140.dll': ['memset'] }), 'vcruntime140.dll': library({ exports: ['memset'] }) },
  },
  ...(
    [
      ['MSVCR100.dll', 'Visual C++ 2010'],
      ['MSVCP110.dll', 'Visual C++ 2012'],
      ['mfc120u.dll', 'Visual C++ 2013'],
      ['vcruntime140_1.dll', 'Visual C++ 2015-2022'],
    ] as const
  ).map(
    ([name, family]): Case => ({
      name: `${name} of ${family}`,
      files: { 'a.dll': withImports({ [name]: ['f'] }) },
      settings: { file: 'a.dll' },
      verdict: 'depends-on-target',
      id: 'DR305',
      line: `${family} redistributable`,
      twin: { 'a.dll': withImports({ [name]: ['f'] }), [name.toLowerCase()]: library() },
    }),
  ),
  {
    name: 'a debug library',
    files: { 'a.dll': withImports({ 'VCRUNTIME140D.dll': ['memset'] }) },
    settings: { file: 'a.dll' },
    verdict: 'will-not-load',
    id: 'DR306',
    line: 'VCRUNTIME140D.dll is missing: it is a debug library',
    twin: { 'a.dll': withImports({ 'KERNEL32.dll': ['Sleep'] }) },
  },
  {
    name: 'the debug Universal CRT',
    files: { 'a.dll': withImports({ 'ucrtbased.dll': ['malloc'] }) },
    settings: { file: 'a.dll' },
    verdict: 'will-not-load',
    id: 'DR306',
    line: 'ucrtbased.dll is missing: it is a debug library',
    twin: { 'a.dll': withImports({ 'ucrtbase.dll': ['malloc'] }) },
  },
  {
    name: 'an add-on of node.exe',
    files: { 'a.node': withImports({ 'node.exe': ['napi_define_class'] }) },
    settings: { file: 'a.node' },
    verdict: 'depends-on-target',
    id: 'DR307',
    line: 'a.node imports node.exe: that program must load it',
    twin: {
      'a.node': withImports({ 'node.exe': ['napi_define_class'] }),
      'node.exe': deployedImage({ program: true, exports: ['napi_define_class'] }),
    },
  },
  {
    name: 'a DLL of the desktop on Nano Server',
    files: { 'a.dll': withImports({ 'USER32.dll': ['f'], 'COMCTL32.dll': ['f'] }) },
    settings: { file: 'a.dll', os: 'nanoserver' },
    verdict: 'will-not-load',
    id: 'DR308',
    line: 'COMCTL32.dll is missing: Nano Server does not have it',
    twin: { 'a.dll': withImports({ 'USER32.dll': ['f'], 'COMCTL32.dll': ['f'] }) },
    twinSettings: { file: 'a.dll' },
  },
  {
    name: 'the Universal CRT on Windows 7',
    files: { 'a.dll': withImports({ 'api-ms-win-crt-heap-l1-1-0.dll': ['malloc'] }) },
    settings: { file: 'a.dll', os: 'win7' },
    verdict: 'depends-on-target',
    id: 'DR309',
    line: 'KB2999226',
    twin: { 'a.dll': withImports({ 'api-ms-win-crt-heap-l1-1-0.dll': ['malloc'] }) },
    twinSettings: { file: 'a.dll' },
  },
  {
    name: 'a delay-loaded DLL',
    files: { 'a.dll': library({ delayImports: { 'helper.dll': ['f'] } }) },
    settings: { file: 'a.dll' },
    verdict: 'depends-on-target',
    id: 'DR310',
    line: 'helper.dll is missing; a.dll loads it at its first call',
    hresult: 0xc06d007e,
    twin: { 'a.dll': library({ delayImports: { 'helper.dll': ['f'] } }), 'helper.dll': library() },
  },
  {
    name: 'a side-by-side library without a manifest',
    files: { 'a.dll': withImports({ 'MSVCR90.dll': ['malloc'] }) },
    settings: { file: 'a.dll' },
    verdict: 'will-not-load',
    id: 'DR311',
    line: 'the manifest of a.dll does not name Microsoft.VC90.CRT',
    twin: {
      'a.dll': withImports(
        { 'MSVCR90.dll': ['malloc'] },
        {
          manifest:
            '<assembly><dependency><dependentAssembly><assemblyIdentity type="win32" name="Microsoft.VC90.CRT" version="9.0.21022.8"/></dependentAssembly></dependency></assembly>',
        },
      ),
    },
    twinVerdict: 'depends-on-target',
  },
  {
    name: 'a library that is older than the compiler',
    files: {
      'a.dll': withImports({ 'VCRUNTIME140.dll': ['memset'] }, { linker: [14, 36] }),
      'vcruntime140.dll': library({ exports: ['memset'], fileVersion: '14.16.27012.6' }),
    },
    settings: { file: 'a.dll' },
    verdict: 'depends-on-target',
    id: 'DR312',
    line: 'vcruntime140.dll has version 14.16.27012.6, older than the 14.36',
    twin: {
      'a.dll': withImports({ 'VCRUNTIME140.dll': ['memset'] }, { linker: [14, 36] }),
      'vcruntime140.dll': library({ exports: ['memset'], fileVersion: '14.38.33135.0' }),
    },
  },
  {
    name: 'ijwhost.dll missing',
    files: { 'mixed.dll': mixed() },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR401',
    line: 'will not load: ijwhost.dll is missing',
    ...NOT_FOUND,
    chain: ['mixed.dll', 'ijwhost.dll'],
    twin: { 'mixed.dll': mixed(), 'IJWHOST.DLL': ijwhost() },
  },
  {
    name: 'ijwhost.dll missing on .NET Core 3.1',
    files: { 'mixed.dll': mixed() },
    settings: { file: 'mixed.dll', runtime: 'netcoreapp3.1' },
    verdict: 'will-not-load',
    id: 'DR401',
    line: 'ijwhost.dll is missing',
    hresult: 0x8007000b,
    exception: 'System.BadImageFormatException',
    twin: { 'mixed.dll': mixed(), ...host },
  },
  {
    name: 'ijwhost.dll missing behind a reference',
    files: {
      'App.exe': program('App', { references: [{ name: 'mixed' }] }),
      'App.runtimeconfig.json': runtimeConfig(),
      'mixed.dll': mixed(),
    },
    verdict: 'will-not-load',
    id: 'DR401',
    line: 'ijwhost.dll is missing',
    ...NOT_FOUND,
    chain: ['App.exe', 'mixed.dll', 'ijwhost.dll'],
    twin: {
      ...host,
      'App.exe': program('App', { references: [{ name: 'mixed' }] }),
      'App.runtimeconfig.json': runtimeConfig(),
      'mixed.dll': mixed(),
    },
  },
  {
    name: 'ijwhost.dll for x86',
    files: { 'mixed.dll': mixed(), 'ijwhost.dll': ijwhost('x86') },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR402',
    line: 'ijwhost.dll is for x86, the process is x64',
    hresult: 0x800700c1,
    exception: 'System.BadImageFormatException',
    twin: { 'mixed.dll': mixed(), ...host },
  },
  {
    name: 'ijwhost.dll of zeroes',
    files: { 'mixed.dll': mixed(), 'ijwhost.dll': new Uint8Array(512) },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR403',
    line: 'ijwhost.dll is a file that starts with nothing but zeroes',
    twin: { 'mixed.dll': mixed(), ...host },
  },
  {
    name: 'another DLL with the name of the host',
    files: { 'mixed.dll': mixed(), 'ijwhost.dll': library() },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR403',
    line: 'ijwhost.dll is another DLL of that name: it does not export _CorDllMain',
    hresult: 0x8007007f,
    twin: { 'mixed.dll': mixed(), ...host },
  },
  {
    name: 'ijwhost.dll delay-loaded',
    files: {
      ...host,
      'mixed.dll': mixed({ delayedHost: true }),
    },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR404',
    line: 'mixed.dll delay-loads ijwhost.dll',
    hresult: 0x8007000b,
    exception: 'System.BadImageFormatException',
    twin: { ...host, 'mixed.dll': mixed() },
  },
  {
    name: 'an image of .NET Framework needs no ijwhost.dll, but its own imports',
    files: { 'mixed.dll': mixedFramework({ imports: [{ name: 'helper.dll', symbols: [{ name: 'f' }] }] }) },
    settings: { file: 'mixed.dll' },
    verdict: 'will-not-load',
    id: 'DR301',
    line: 'helper.dll is missing',
    ...NOT_FOUND,
    twin: { 'mixed.dll': mixedFramework() },
  },
];

describe('checks 1 to 4', () => {
  it.each(CASES)('$name', async ({ files, settings, verdict, id, line, hresult, exception, chain }) => {
    const result = await doctor(files, settings);
    expect(result.findings[0], JSON.stringify(result.findings)).toMatchObject({
      id,
      ...(hresult !== undefined && { hresult }),
      ...(exception !== undefined && { exception }),
      ...(chain !== undefined && { chain }),
    });
    expect(result.verdict).toBe(verdict);
    expect(result.line).toContain(line);
  });

  it.each(CASES)('not: $name', async ({ twin, settings, twinSettings = settings, twinVerdict = 'loads', id }) => {
    const result = await doctor(twin, twinSettings);
    expect(result.findings.filter((finding) => finding.id === id)).toEqual([]);
    expect(result.verdict, JSON.stringify(result.findings)).toBe(twinVerdict);
  });
});

/** What `ijw load --search` says of a file in a folder. */
function load(files: Files, { file = '', runtime, architecture, started }: DeploymentSettings): LoadOutcome {
  const search = searchFiles([source(files)]);
  const assembly = Assembly.of(PEImage.parse(source(files).read(file) ?? new Uint8Array()));
  const chosen = runtime ?? assembly.target?.runtime ?? OBSERVED_RUNTIME;
  const provider = searchedModules((name) => {
    const found = search(name);
    const bytes = found?.read();
    return found && bytes && { bytes, path: found.path };
  });
  const loader = new Loader({
    host: RUNTIME_PROFILES[chosen].host,
    runtime: chosen,
    provider,
    ...(architecture !== undefined && { architecture: architecture as Architecture }),
  });
  return loader.load(assembly, { path: file, nativeFirst: started === 'native' });
}

const MIXED = CASES.filter(({ settings }) => settings?.file === 'mixed.dll' && settings.os === undefined);

describe('ijw load --search', () => {
  it.each(MIXED.map(({ name, files, settings = {} }) => ({ name, files, settings })))('agrees: $name', async ({ files, settings }) => {
    const outcome = load(files, settings);
    const { findings } = await doctor(files, settings);
    expect(outcome.outcome).toBe('refused');
    if (outcome.outcome !== 'refused') return;
    expect(findings[0]).toMatchObject({
      ...(outcome.hresult !== undefined && { hresult: outcome.hresult }),
      ...(outcome.exception && { exception: outcome.exception.type }),
    });
    const culprit = outcome.place?.file;
    if (culprit !== undefined) expect(findings[0]?.file.toLowerCase()).toBe(culprit.toLowerCase());
  });

  it.each(MIXED.map(({ name, twin, settings = {}, twinSettings = settings }) => ({ name, twin, twinSettings })))(
    'agrees that it loads: not $name',
    ({ twin, twinSettings }) => {
      expect(load(twin, twinSettings)).toMatchObject({ outcome: 'loaded' });
    },
  );
});
