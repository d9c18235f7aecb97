// Covers checks 5 to 10: configuration, managed references, P/Invokes, two runtimes, ways of loading, faults of versions; each with a deployment that looks the same and loads.
import { deflateRawSync } from 'node:zlib';
import { deployed, deployedImage, elfLibrary, machOLibrary } from '@ijw/fixtures';
import { encodeMethodSignature, type TypeNode } from '@ijw/metadata/signatures';
import { BundleFileType, writeSingleFileBundle } from '@ijw/pe/containers';
import { describe, expect, it } from 'vitest';
import { type DeploymentSettings, doctor, type Files } from './deployments.ts';

const { ijwhost, library, managed, mixed, mixedFramework, program, runtimeConfig, selfContained } = deployed;

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly settings?: DeploymentSettings;
  readonly verdict: 'will-not-load' | 'depends-on-target' | 'loads';
  readonly id: string;
  readonly line: string;
  readonly hresult?: number;
  readonly exception?: string;
  readonly chain?: readonly string[];
  readonly twin: Files;
  readonly twinSettings?: DeploymentSettings;
  readonly twinVerdict?: 'loads' | 'depends-on-target';
}

const NOT_FOUND = { hresult: 0x80070002, exception: 'System.IO.FileNotFoundException' };
const MISMATCH = { hresult: 0x80131040, exception: 'System.IO.FileLoadException' };
const NO_LIBRARY = { hresult: 0x80131524, exception: 'System.DllNotFoundException' };
const config = { 'App.runtimeconfig.json': runtimeConfig() };
const app = (assembly: Parameters<typeof program>[1] = {}): Files => ({ 'App.exe': program('App', assembly), ...config });
const refersTo = (name: string, rest: object = {}): Files => app({ references: [{ name, ...rest }] });
const calls = (name: string, entryPoint = 'f', flags?: number): Files =>
  app({ pinvokes: [{ library: name, entryPoint, ...(flags !== undefined && { flags }) }] });
const KEY = Uint8Array.from({ length: 160 }, (_, index) => index);
const linux = { os: 'linux' } as const;
const native = { started: 'native', file: 'mixed.dll' } as const;
const host = { 'ijwhost.dll': ijwhost() };
const old = (name = 'old'): Uint8Array =>
  deployedImage({
    mixed: true,
    assembly: { name, metadataVersion: 'v2.0.50727', references: [{ name: 'mscorlib', version: [2], token: 'b77a5c561934e089' }] },
  });
const framework = (name: string, references: readonly object[] = []): Uint8Array =>
  managed(name, { target: '.NETFramework,Version=v4.8', references: [{ name: 'old' }, ...(references as [])] }, { program: true });
const depsJson = (assets: Readonly<Record<string, { readonly rid: string; readonly assetType: string }>>): string =>
  JSON.stringify({
    runtimeTarget: { name: '.NETCoreApp,Version=v8.0' },
    targets: { '.NETCoreApp,Version=v8.0': { 'Lib/1.0.0': { runtimeTargets: assets } } },
  });

const CASES: readonly Case[] = [
  {
    name: 'native start without runtimeconfig.json',
    files: { ...host, 'mixed.dll': mixed() },
    settings: native,
    verdict: 'will-not-load',
    id: 'DR501',
    line: 'mixed.runtimeconfig.json is missing',
    hresult: 0x800080a3,
    twin: { ...host, 'mixed.dll': mixed(), 'mixed.runtimeconfig.json': runtimeConfig() },
  },
  {
    name: 'a renamed plug-in whose configuration kept its name',
    files: { ...host, 'plugin.vst3': mixed(), 'mixed.runtimeconfig.json': runtimeConfig() },
    settings: { started: 'native', file: 'plugin.vst3' },
    verdict: 'will-not-load',
    id: 'DR501',
    line: 'plugin.runtimeconfig.json is missing',
    hresult: 0x800080a3,
    twin: { ...host, 'plugin.vst3': mixed(), 'plugin.runtimeconfig.json': runtimeConfig() },
  },
  {
    name: 'a native program that imports a mixed DLL without its configuration',
    files: { ...host, 'Host.exe': deployedImage({ program: true, imports: { 'mixed.dll': ['Add_0'] } }), 'mixed.dll': mixed() },
    verdict: 'will-not-load',
    id: 'DR501',
    line: 'mixed.runtimeconfig.json is missing',
    chain: ['Host.exe', 'mixed.dll', 'mixed.runtimeconfig.json'],
    twin: {
      ...host,
      'Host.exe': deployedImage({ program: true, imports: { 'mixed.dll': ['Add_0'] } }),
      'mixed.dll': mixed(),
      'mixed.runtimeconfig.json': runtimeConfig(),
    },
  },
  {
    name: 'native start with the configuration of a self-contained program',
    files: { ...host, 'mixed.dll': mixed(), 'mixed.runtimeconfig.json': selfContained() },
    settings: native,
    verdict: 'will-not-load',
    id: 'DR502',
    line: 'mixed.runtimeconfig.json is self-contained',
    hresult: 0x80008093,
    twin: { ...host, 'mixed.dll': mixed(), 'mixed.runtimeconfig.json': runtimeConfig() },
  },
  {
    name: 'a configuration of an older framework',
    files: { 'App.exe': program('App'), 'App.runtimeconfig.json': runtimeConfig({ 'Microsoft.NETCore.App': '6.0.0' }) },
    verdict: 'will-not-load',
    id: 'DR503',
    line: 'App.runtimeconfig.json asks for net6.0, but App.exe was built for net8.0',
    ...NOT_FOUND,
    twin: { 'App.exe': program('App'), 'App.runtimeconfig.json': runtimeConfig({ 'Microsoft.NETCore.App': '9.0.0' }) },
  },
  {
    name: 'the configuration of a C++/CLI image for an older framework',
    files: { ...host, 'mixed.dll': mixed(), 'mixed.runtimeconfig.json': runtimeConfig({ 'Microsoft.NETCore.App': '6.0.0' }) },
    settings: { ...native, runtime: 'net8.0' },
    verdict: 'will-not-load',
    id: 'DR503',
    line: 'mixed.runtimeconfig.json asks for net6.0, but mixed.dll was built for net8.0',
    twin: { ...host, 'mixed.dll': mixed(), 'mixed.runtimeconfig.json': runtimeConfig() },
  },
  {
    name: 'WPF without its framework',
    files: {
      'App.exe': program('App', { references: [{ name: 'PresentationCore', version: [8], token: '31bf3856ad364e35' }] }),
      ...config,
    },
    verdict: 'will-not-load',
    id: 'DR504',
    line: 'App.runtimeconfig.json does not name Microsoft.WindowsDesktop.App, which has PresentationCore',
    ...NOT_FOUND,
    twin: {
      'App.exe': program('App', { references: [{ name: 'PresentationCore', version: [8], token: '31bf3856ad364e35' }] }),
      'App.runtimeconfig.json': runtimeConfig({ 'Microsoft.NETCore.App': '8.0.0', 'Microsoft.WindowsDesktop.App': '8.0.0' }),
    },
  },
  {
    name: 'a configuration that is cut',
    files: { 'App.exe': program('App'), 'App.runtimeconfig.json': runtimeConfig().slice(0, 40) },
    verdict: 'will-not-load',
    id: 'DR505',
    line: 'App.runtimeconfig.json cannot be read: it is not JSON',
    hresult: 0x80008093,
    twin: { 'App.exe': program('App'), 'App.runtimeconfig.json': `// made by hand\n${runtimeConfig().replace(/\}$/, ',}')}` },
  },
  {
    name: 'a mixed image of CLR 2 in CLR 4',
    files: { 'App.exe': framework('App'), 'old.dll': old() },
    verdict: 'will-not-load',
    id: 'DR506',
    line: 'App.exe.config must set useLegacyV2RuntimeActivationPolicy',
    exception: 'System.IO.FileLoadException',
    twin: {
      'App.exe': framework('App'),
      'old.dll': old(),
      'App.exe.config':
        '<configuration><startup useLegacyV2RuntimeActivationPolicy="true"><supportedRuntime version="v4.0"/></startup></configuration>',
    },
  },
  {
    name: 'the policy in the configuration of the DLL',
    files: { 'old.dll': old(), 'old.dll.config': '<configuration><startup useLegacyV2RuntimeActivationPolicy="true"/></configuration>' },
    settings: { file: 'old.dll', runtime: 'net40' },
    verdict: 'will-not-load',
    id: 'DR506',
    line: 'the configuration of the program must set useLegacyV2RuntimeActivationPolicy',
    twin: { 'old.dll': old() },
    twinSettings: { file: 'old.dll', runtime: 'net20' },
  },
  {
    name: 'a DLL with a configuration',
    files: { 'a.dll': managed('a'), 'a.dll.config': '<configuration/>' },
    settings: { file: 'a.dll' },
    verdict: 'loads',
    id: 'DR507',
    line: 'loads',
    twin: { 'a.dll': managed('a') },
  },
  {
    name: 'a program without its configuration',
    files: { 'App.exe': deployedImage({ program: true }), 'App.dll': program('App') },
    verdict: 'will-not-load',
    id: 'DR508',
    line: 'App.runtimeconfig.json is missing: App.exe does not find a runtime',
    hresult: 0x80008083,
    twin: { 'App.exe': deployedImage({ program: true }), 'App.dll': program('App'), ...config },
  },
  {
    name: 'a program without its assembly',
    files: { 'App.exe': deployedImage({ program: true }), ...config },
    verdict: 'will-not-load',
    id: 'DR509',
    line: 'App.dll is missing: App.exe only starts it',
    twin: { 'App.exe': deployedImage({ program: true }), 'App.dll': program('App'), ...config },
  },
  {
    name: 'an assembly of .NET Framework 4 in a program of 3.5',
    files: {
      'App.exe': deployedImage({
        program: true,
        machine: 'anycpu',
        assembly: {
          name: 'App',
          metadataVersion: 'v2.0.50727',
          references: [{ name: 'mscorlib', version: [2], token: 'b77a5c561934e089' }, { name: 'Lib' }],
        },
      }),
      'Lib.dll': managed('Lib', { target: '.NETFramework,Version=v4.8' }),
    },
    verdict: 'will-not-load',
    id: 'DR511',
    line: 'Lib.dll was built for v4.0.30319 of the runtime; the process has CLR 2',
    hresult: 0x8013101b,
    exception: 'System.BadImageFormatException',
    twin: {
      'App.exe': deployedImage({
        program: true,
        machine: 'anycpu',
        assembly: {
          name: 'App',
          metadataVersion: 'v2.0.50727',
          references: [{ name: 'mscorlib', version: [2], token: 'b77a5c561934e089' }, { name: 'Lib' }],
        },
      }),
      'Lib.dll': managed('Lib', { target: '.NETFramework,Version=v4.8' }),
      'App.exe.config': '<configuration><startup><supportedRuntime version="v4.0"/></startup></configuration>',
    },
  },
  {
    name: 'a file that deps.json lists',
    files: {
      ...refersTo('Lib'),
      'App.deps.json': JSON.stringify({
        runtimeTarget: { name: '.NETCoreApp,Version=v8.0' },
        targets: {
          '.NETCoreApp,Version=v8.0': {
            'Lib/1.0.0': { runtime: { 'lib/net8.0/Lib.dll': {} }, native: { 'runtimes/win-x64/native/engine.dll': {} } },
          },
        },
      }),
      'Lib.dll': managed('Lib'),
    },
    verdict: 'will-not-load',
    id: 'DR510',
    line: 'engine.dll is missing: App.deps.json lists it, for Lib/1.0.0',
    hresult: 0x8000808c,
    twin: {
      ...refersTo('Lib'),
      'App.deps.json': JSON.stringify({
        runtimeTarget: { name: '.NETCoreApp,Version=v8.0' },
        targets: { '.NETCoreApp,Version=v8.0': { 'Lib/1.0.0': { runtime: { 'lib/net8.0/Lib.dll': {} } } } },
      }),
      'Lib.dll': managed('Lib'),
    },
  },
  {
    name: 'a reference that is missing',
    files: refersTo('Lib', { version: [1, 2] }),
    verdict: 'will-not-load',
    id: 'DR601',
    line: 'Lib 1.2.0.0 is missing; App.exe refers to it',
    ...NOT_FOUND,
    chain: ['App.exe', 'Lib'],
    twin: { ...refersTo('Lib', { version: [1, 2] }), 'LIB.dll': managed('Lib', { version: [1, 2] }) },
  },
  {
    name: 'a reference of a reference that is missing',
    files: { ...refersTo('Lib'), 'Lib.dll': managed('Lib', { references: [{ name: 'Deep' }] }) },
    verdict: 'will-not-load',
    id: 'DR601',
    line: 'Deep 1.0.0.0 is missing; Lib.dll refers to it',
    chain: ['App.exe', 'Lib.dll', 'Deep'],
    twin: { ...refersTo('Lib'), 'Lib.dll': managed('Lib', { references: [{ name: 'Deep' }] }), 'Deep.dll': managed('Deep') },
  },
  {
    name: 'a part of the framework that a self-contained folder lacks',
    files: {
      'App.exe': program('App', { references: [{ name: 'System.Linq', version: [8] }] }),
      'App.runtimeconfig.json': selfContained(),
      'coreclr.dll': library(),
      'System.Runtime.dll': managed('System.Runtime', {
        version: [8],
        publicKey: KEY,
        types: ['System.Runtime.Versioning.TargetFrameworkAttribute'],
      }),
    },
    verdict: 'will-not-load',
    id: 'DR601',
    line: 'System.Linq 8.0.0.0 is missing',
    twin: { 'App.exe': program('App', { references: [{ name: 'System.Linq', version: [8] }] }), ...config },
  },
  {
    name: 'the library of an assembly that is found by its name',
    files: { ...app(), 'Plugin.dll': managed('Plugin', { pinvokes: [{ library: 'engine', entryPoint: 'f' }] }) },
    verdict: 'will-not-load',
    id: 'DR701',
    line: 'engine is missing',
    chain: ['App.exe', 'Plugin.dll', 'engine'],
    twin: { ...app(), 'Plugin.dll': managed('Plugin', { pinvokes: [{ library: 'engine', entryPoint: 'f' }] }), 'engine.dll': library() },
  },
  {
    name: 'an older assembly',
    files: { ...refersTo('Lib', { version: [2] }), 'Lib.dll': managed('Lib', { version: [1, 9] }) },
    verdict: 'will-not-load',
    id: 'DR602',
    line: 'Lib.dll has version 1.9.0.0; App.exe refers to 2.0.0.0',
    ...NOT_FOUND,
    twin: { ...refersTo('Lib', { version: [2] }), 'Lib.dll': managed('Lib', { version: [3] }) },
  },
  {
    name: 'an assembly without the key',
    files: { ...refersTo('Lib', { token: '0123456789abcdef' }), 'Lib.dll': managed('Lib') },
    settings: { runtime: 'net40' },
    verdict: 'will-not-load',
    id: 'DR603',
    line: 'Lib.dll has the public key token null; App.exe refers to 0123456789abcdef',
    ...MISMATCH,
    twin: { ...refersTo('Lib'), 'Lib.dll': managed('Lib', { publicKey: KEY }) },
  },
  {
    name: 'an assembly without the key on .NET',
    files: { ...refersTo('Lib', { token: '0123456789abcdef' }), 'Lib.dll': managed('Lib') },
    verdict: 'loads',
    id: 'DR603',
    line: 'loads',
    twin: { ...refersTo('Lib'), 'Lib.dll': managed('Lib', { publicKey: KEY }) },
  },
  {
    name: 'a native DLL with the name of an assembly',
    files: { ...refersTo('Lib'), 'Lib.dll': library() },
    verdict: 'will-not-load',
    id: 'DR604',
    line: 'Lib.dll is a native image, not an assembly',
    ...NOT_FOUND,
    twin: { ...refersTo('Lib'), 'Lib.dll': managed('Lib') },
  },
  {
    name: 'an assembly that is cut',
    files: { ...refersTo('Lib'), 'Lib.dll': managed('Lib').slice(0, 300) },
    verdict: 'will-not-load',
    id: 'DR604',
    line: 'Lib.dll is a',
    twin: { ...refersTo('Lib'), 'Lib.dll': managed('Lib') },
  },
  {
    name: 'a renamed assembly',
    files: { ...refersTo('Lib'), 'Lib.dll': managed('Other') },
    verdict: 'will-not-load',
    id: 'DR605',
    line: 'Lib.dll holds the assembly Other; App.exe refers to Lib',
    ...NOT_FOUND,
    twin: { ...refersTo('Lib'), 'Lib.dll': managed('lib') },
  },
  {
    name: 'a type that is missing behind a forwarder',
    files: {
      ...refersTo('Facade', { types: ['Ns.Here', 'Ns.Gone'] }),
      'Facade.dll': managed('Facade', {
        references: [{ name: 'Impl' }],
        forwards: [
          { type: 'Ns.Here', to: 'Impl' },
          { type: 'Ns.Gone', to: 'Impl' },
        ],
      }),
      'Impl.dll': managed('Impl', { types: ['Ns.Here'] }),
    },
    verdict: 'will-not-load',
    id: 'DR606',
    line: 'Facade.dll does not have the type Ns.Gone, which App.exe uses',
    hresult: 0x80131522,
    exception: 'System.TypeLoadException',
    twin: {
      ...refersTo('Facade', { types: ['Ns.Here', 'Ns.Gone'] }),
      'Facade.dll': managed('Facade', {
        references: [{ name: 'Impl' }],
        forwards: [
          { type: 'Ns.Here', to: 'Impl' },
          { type: 'Ns.Gone', to: 'Impl' },
        ],
      }),
      'Impl.dll': managed('Impl', { types: ['Ns.Here', 'Ns.Gone'] }),
    },
  },
  {
    name: 'an assembly of .NET Framework on .NET',
    files: refersTo('System.EnterpriseServices', { version: [4], token: 'b03f5f7f11d50a3a' }),
    settings: { runtime: 'net8.0' },
    verdict: 'depends-on-target',
    id: 'DR607',
    line: 'System.EnterpriseServices is an assembly of .NET Framework',
    twin: refersTo('System.Web', { version: [4], token: 'b03f5f7f11d50a3a' }),
  },
  {
    name: 'a library for a newer framework',
    files: { 'a.dll': managed('a', { target: '.NETCoreApp,Version=v9.0', references: [{ name: 'System.Linq', version: [9] }] }) },
    settings: { file: 'a.dll', runtime: 'net8.0' },
    verdict: 'will-not-load',
    id: 'DR608',
    line: 'a.dll refers to System.Linq 9.0.0.0; net8.0 has version 8.0.0.0',
    ...NOT_FOUND,
    twin: { 'a.dll': managed('a', { references: [{ name: 'System.Linq', version: [8] }] }) },
  },
  {
    name: 'a strong name that only the cache can have',
    files: {
      'App.exe': managed(
        'App',
        { target: '.NETFramework,Version=v4.8', references: [{ name: 'Vendor', token: '0123456789abcdef' }] },
        { program: true },
      ),
    },
    verdict: 'depends-on-target',
    id: 'DR609',
    line: 'Vendor 1.0.0.0 is not in the folder: only the global assembly cache',
    twin: { 'App.exe': managed('App', { target: '.NETFramework,Version=v4.8' }, { program: true }) },
  },
  {
    name: 'the library of a P/Invoke that is missing',
    files: calls('engine'),
    verdict: 'will-not-load',
    id: 'DR701',
    line: 'engine is missing; Program::f calls f in it',
    ...NO_LIBRARY,
    twin: { ...calls('engine'), 'ENGINE.dll': library() },
  },
  {
    name: 'a library in runtimes without a deps.json',
    files: { ...calls('engine'), 'runtimes/win-x64/native/engine.dll': library() },
    verdict: 'will-not-load',
    id: 'DR701',
    line: '(runtimes/win-x64/native/engine.dll is there: no deps.json names it)',
    twin: {
      ...calls('engine'),
      'runtimes/win-x64/native/engine.dll': library(),
      'App.deps.json': depsJson({ 'runtimes/win-x64/native/engine.dll': { rid: 'win-x64', assetType: 'native' } }),
    },
  },
  {
    name: 'a library of another runtime identifier',
    files: {
      ...calls('engine'),
      'runtimes/win-arm64/native/engine.dll': library({ machine: 'arm64' }),
      'App.deps.json': depsJson({ 'runtimes/win-arm64/native/engine.dll': { rid: 'win-arm64', assetType: 'native' } }),
    },
    verdict: 'will-not-load',
    id: 'DR701',
    line: 'engine is missing',
    twin: {
      ...calls('engine'),
      'runtimes/win/native/engine.dll': library(),
      'App.deps.json': depsJson({ 'runtimes/win/native/engine.dll': { rid: 'win', assetType: 'native' } }),
    },
  },
  {
    name: 'a library of Linux whose case differs',
    files: { ...calls('engine'), 'libEngine.so': elfLibrary({ exports: ['f'] }) },
    settings: linux,
    verdict: 'will-not-load',
    id: 'DR701',
    line: 'engine is missing',
    twin: { ...calls('engine'), 'libengine.so': elfLibrary({ exports: ['f'] }) },
  },
  {
    name: 'the import of a library of a P/Invoke',
    files: { ...calls('engine'), 'engine.dll': library({ imports: { 'core.dll': ['f'] } }) },
    verdict: 'will-not-load',
    id: 'DR301',
    line: 'core.dll is missing; engine.dll imports it',
    ...NO_LIBRARY,
    chain: ['App.exe', 'engine.dll', 'core.dll'],
    twin: { ...calls('engine'), 'engine.dll': library({ imports: { 'core.dll': ['f'] } }), 'core.dll': library() },
  },
  {
    name: 'a library for another machine',
    files: { ...calls('engine'), 'engine.dll': library({ machine: 'x86' }) },
    verdict: 'will-not-load',
    id: 'DR702',
    line: 'engine.dll is for x86, the process is x64',
    hresult: 0x8007000b,
    exception: 'System.BadImageFormatException',
    twin: { ...calls('engine'), 'engine.dll': library({ machine: 'x86' }) },
    twinSettings: { architecture: 'x86' },
  },
  {
    name: 'a library of Linux for another machine',
    files: { ...calls('engine'), 'libengine.so': elfLibrary({ machine: 'arm64', exports: ['f'] }) },
    settings: linux,
    verdict: 'will-not-load',
    id: 'DR702',
    line: 'libengine.so is for arm64, the process is x64',
    ...NO_LIBRARY,
    twin: { ...calls('engine'), 'libengine.so': elfLibrary({ exports: ['f'] }) },
  },
  {
    name: 'a Windows DLL on Linux',
    files: { ...calls('engine.dll'), 'engine.dll': library() },
    settings: linux,
    verdict: 'will-not-load',
    id: 'DR703',
    line: 'engine.dll is a PE image, which Linux does not load',
    ...NO_LIBRARY,
    twin: { ...calls('engine.dll'), 'engine.dll': library() },
    twinSettings: {},
  },
  {
    name: 'a function that the library lacks',
    files: { ...calls('engine', 'compute'), 'engine.dll': library({ exports: ['Compute', 'f'] }) },
    verdict: 'will-not-load',
    id: 'DR704',
    line: 'engine.dll does not export compute, which Program::compute calls; it exports Compute',
    hresult: 0x80131523,
    exception: 'System.EntryPointNotFoundException',
    twin: { ...calls('engine', 'compute'), 'engine.dll': library({ exports: ['compute'] }) },
  },
  {
    name: 'a function with A and W, spelled exactly',
    files: { ...calls('engine', 'Open', 0x105), 'engine.dll': library({ exports: ['OpenA', 'OpenW'] }) },
    verdict: 'will-not-load',
    id: 'DR704',
    line: 'engine.dll does not export Open',
    twin: { ...calls('engine', 'Open', 0x104), 'engine.dll': library({ exports: ['OpenA', 'OpenW'] }) },
  },
  {
    name: 'a stdcall name on x64',
    files: { ...calls('engine', 'Open', 0x300), 'engine.dll': library({ exports: ['_Open@8'] }) },
    verdict: 'will-not-load',
    id: 'DR704',
    line: 'engine.dll does not export Open, which Program::Open calls; it exports _Open@8',
    twin: {
      'App.exe': program('App', { pinvokes: [{ library: 'engine', entryPoint: 'Open', flags: 0x300 }] }, { machine: 'prefer32' }),
      ...config,
      'engine.dll': library({ machine: 'x86', exports: ['_Open@8'] }),
    },
  },
  {
    name: 'a function that a library of macOS lacks',
    files: { ...calls('engine', 'compute'), 'libengine.dylib': machOLibrary({ exports: ['f'] }) },
    settings: { os: 'macos' },
    verdict: 'will-not-load',
    id: 'DR704',
    line: 'libengine.dylib does not export compute',
    twin: {
      ...calls('engine', 'compute'),
      'libengine.dylib': machOLibrary({ exports: ['compute'], needed: ['/usr/lib/libSystem.B.dylib'] }),
    },
  },
  {
    name: 'a library that a library of Linux needs',
    files: { ...calls('engine'), 'libengine.so': elfLibrary({ exports: ['f'], needed: ['libc.so.6', 'libvendor.so.2'] }) },
    settings: linux,
    verdict: 'depends-on-target',
    id: 'DR705',
    line: 'libvendor.so.2 is not in the folder; libengine.so needs it',
    twin: {
      ...calls('engine'),
      'libengine.so': elfLibrary({ exports: ['f'], needed: ['libc.so.6', 'libvendor.so.2'] }),
      'libvendor.so.2': elfLibrary(),
    },
  },
  {
    name: 'a function of Windows on Linux',
    files: calls('user32.dll', 'MessageBoxW'),
    settings: linux,
    verdict: 'depends-on-target',
    id: 'DR706',
    line: 'user32.dll is not a library of Linux',
    ...NO_LIBRARY,
    twin: calls('user32.dll', 'MessageBoxW'),
    twinSettings: {},
  },
  {
    name: 'a library of a package',
    files: calls('libssl', 'SSL_new'),
    settings: linux,
    verdict: 'depends-on-target',
    id: 'DR707',
    line: 'a package of Linux must bring it',
    twin: calls('libc', 'getpid'),
  },
  {
    name: 'a library of the desktop on Nano Server',
    files: calls('gdiplus.dll', 'GdiplusStartup'),
    settings: { os: 'nanoserver' },
    verdict: 'depends-on-target',
    id: 'DR708',
    line: 'Nano Server does not have gdiplus.dll',
    twin: calls('gdiplus.dll', 'GdiplusStartup'),
    twinSettings: {},
  },
  {
    name: 'an export of ilasm in an assembly of .NET, started by native code',
    files: {
      'mixed.dll': mixed({ host: 'mscoree.dll', core: { Name: 'System.Runtime', Major: 8 } }),
      'mixed.runtimeconfig.json': runtimeConfig(),
    },
    settings: { ...native, runtime: 'net8.0' },
    verdict: 'will-not-load',
    id: 'DR801',
    line: 'mixed.dll imports mscoree.dll but refers to System.Runtime',
    twin: { 'mixed.dll': mixedFramework() },
    twinSettings: { ...native, runtime: 'net40' },
  },
  {
    name: 'C++/CLI of .NET Framework on .NET',
    files: { 'mixed.dll': mixedFramework() },
    settings: { file: 'mixed.dll', runtime: 'net8.0' },
    verdict: 'depends-on-target',
    id: 'DR802',
    line: 'mixed.dll is C++/CLI for .NET Framework',
    twin: { 'mixed.dll': mixedFramework() },
    twinSettings: { file: 'mixed.dll' },
  },
  {
    name: 'a mixed assembly that Costura embeds',
    files: {
      ...app({ resources: [{ name: 'costura.mixed.dll.compressed', bytes: new Uint8Array(deflateRawSync(mixed())) }] }),
    },
    verdict: 'will-not-load',
    id: 'DR901',
    line: 'App.exe embeds the mixed assembly mixed.dll',
    hresult: 0x8007000b,
    exception: 'System.BadImageFormatException',
    twin: { ...app({ resources: [{ name: 'costura.lib.dll.compressed', bytes: new Uint8Array(deflateRawSync(managed('lib'))) }] }) },
  },
  {
    name: 'a mixed assembly inside a single file',
    files: { ...host, 'App.exe': singleFile({ 'App.dll': program('App', { references: [{ name: 'mixed' }] }), 'mixed.dll': mixed() }) },
    verdict: 'will-not-load',
    id: 'DR902',
    line: 'mixed.dll is mixed and lies inside App.exe',
    hresult: 0x8007000b,
    exception: 'System.BadImageFormatException',
    twin: { ...host, 'App.exe': singleFile({ 'App.dll': program('App', { references: [{ name: 'mixed' }] }) }), 'mixed.dll': mixed() },
  },
  {
    name: 'a mixed assembly beside collectible contexts',
    files: { ...host, ...app({ references: [{ name: 'mixed' }], collectible: true }), 'mixed.dll': mixed() },
    verdict: 'depends-on-target',
    id: 'DR903',
    line: 'App.exe makes collectible AssemblyLoadContexts',
    twin: { ...host, ...app({ references: [{ name: 'mixed' }] }), 'mixed.dll': mixed() },
  },
  {
    name: 'a mixed assembly on Linux',
    files: { ...app({ references: [{ name: 'mixed' }] }), 'mixed.dll': mixed() },
    settings: linux,
    verdict: 'will-not-load',
    id: 'DR904',
    line: 'mixed.dll has native Windows code (C++/CLI): Linux cannot load it',
    hresult: 0x8007000b,
    twin: { ...app({ references: [{ name: 'mixed' }] }), 'mixed.dll': managed('mixed') },
  },
  {
    name: 'a slot with many parameters on .NET 10',
    files: {
      ...host,
      'mixed.dll': mixed({ methods: [{ name: 'Many', signature: parameters(17) }], records: [{ type: 6, slots: [0x06000006] }] }),
    },
    settings: { file: 'mixed.dll', runtime: 'net10.0' },
    verdict: 'depends-on-target',
    id: 'DR001',
    line: '1 methods with more than 16 parameters',
    twin: {
      ...host,
      'mixed.dll': mixed({ methods: [{ name: 'Many', signature: parameters(16) }], records: [{ type: 6, slots: [0x06000006] }] }),
    },
  },
  {
    name: 'DirectWriteForwarder of .NET 11 without the host',
    files: { 'DirectWriteForwarder.dll': mixed({ name: 'DirectWriteForwarder' }) },
    settings: { file: 'DirectWriteForwarder.dll', runtime: 'net11.0' },
    verdict: 'will-not-load',
    id: 'DR002',
    line: 'ijwhost.dll is missing',
    twin: { ...host, 'DirectWriteForwarder.dll': mixed({ name: 'DirectWriteForwarder' }) },
  },
];

function parameters(count: number): Uint8Array {
  const int: TypeNode = { kind: 'primitive', type: 'int32' };
  return encodeMethodSignature({
    header: 0,
    genericParameterCount: 0,
    requiredParameterCount: count,
    returnType: int,
    parameterTypes: Array<TypeNode>(count).fill(int),
  });
}

function singleFile(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const all: Readonly<Record<string, Uint8Array>> = { ...files, 'App.runtimeconfig.json': new TextEncoder().encode(runtimeConfig()) };
  return writeSingleFileBundle(deployedImage({ program: true }), {
    majorVersion: 6,
    bundleId: 'bundle',
    entries: Object.entries(all).map(([path, bytes]) => ({
      path,
      type: path.endsWith('.json') ? BundleFileType.RuntimeConfigJson : BundleFileType.Assembly,
      bytes,
    })),
  });
}

describe('checks 5 to 10', () => {
  it.each(CASES)('$name', async ({ files, settings, verdict, id, line, hresult, exception, chain }) => {
    const result = await doctor(files, settings);
    const found = result.findings.find((finding) => finding.id === id);
    expect(found, JSON.stringify(result.findings)).toMatchObject({
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
