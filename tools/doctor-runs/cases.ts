import { deployed } from '@ijw/fixtures';

const { ijwhost, library, managed, mixed, runtimeConfig } = deployed;

/** What the probe does with the file. */
type Action = 'load' | 'reference' | 'types' | 'call' | 'native' | 'bytes' | 'collectible';

export interface RunCase {
  readonly name: string;
  readonly action: Action;
  readonly file: string;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** C sources that are compiled to libraries, by file name; `-m32` for the other machine. */
  readonly libraries?: Readonly<Record<string, { readonly source: string; readonly flags?: readonly string[] }>>;
  /** Codes are Wine's own: only whether it loads is compared. */
  readonly codesDiffer?: true;
}

const FUNCTION = 'int f(void) { return 42; }';
/** ECMA-335 II.6.2.1.3: the standard public key. */
const KEY = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0);
const refersTo = (name: string, rest: object = {}): Uint8Array => managed('App', { references: [{ name, ...rest }] });
const calls = (library: string, entryPoint = 'f'): Uint8Array => managed('App', { pinvokes: [{ library, entryPoint }] });

/** References bind the same way on every system. */
const REFERENCES: readonly RunCase[] = [
  {
    name: 'references of the framework',
    action: 'reference',
    file: 'App.dll',
    files: { 'App.dll': refersTo('System.Linq', { version: [8] }) },
  },
  { name: 'a reference', action: 'reference', file: 'App.dll', files: { 'App.dll': refersTo('Lib'), 'Lib.dll': managed('Lib') } },
  { name: 'a missing reference', action: 'reference', file: 'App.dll', files: { 'App.dll': refersTo('Lib') } },
  {
    name: 'an older assembly',
    action: 'reference',
    file: 'App.dll',
    files: { 'App.dll': refersTo('Lib', { version: [2] }), 'Lib.dll': managed('Lib') },
  },
  {
    name: 'a newer assembly',
    action: 'reference',
    file: 'App.dll',
    files: { 'App.dll': refersTo('Lib'), 'Lib.dll': managed('Lib', { version: [2] }) },
  },
  {
    name: 'an assembly without the key',
    action: 'reference',
    file: 'App.dll',
    files: { 'App.dll': refersTo('Lib', { token: '0123456789abcdef' }), 'Lib.dll': managed('Lib') },
  },
  {
    name: 'an assembly with a key',
    action: 'reference',
    file: 'App.dll',
    files: { 'App.dll': refersTo('Lib'), 'Lib.dll': managed('Lib', { publicKey: KEY }) },
  },
  { name: 'a renamed assembly', action: 'reference', file: 'App.dll', files: { 'App.dll': refersTo('Lib'), 'Lib.dll': managed('Other') } },
  {
    name: 'an x86 assembly',
    action: 'reference',
    file: 'App.dll',
    files: { 'App.dll': refersTo('Lib'), 'Lib.dll': managed('Lib', {}, { machine: 'x86' }) },
  },
  {
    name: 'an arm64 assembly',
    action: 'reference',
    file: 'App.dll',
    files: { 'App.dll': refersTo('Lib'), 'Lib.dll': managed('Lib', {}, { machine: 'arm64' }) },
  },
  { name: 'a library of text', action: 'reference', file: 'App.dll', files: { 'App.dll': refersTo('Lib'), 'Lib.dll': '<html></html>' } },
  {
    name: 'a native DLL as a reference',
    action: 'reference',
    file: 'App.dll',
    files: { 'App.dll': refersTo('Lib'), 'Lib.dll': library() },
  },
  {
    name: 'WPF where only the runtime is',
    action: 'reference',
    file: 'App.dll',
    files: {
      'App.dll': managed('App', { references: [{ name: 'PresentationCore', version: [8], token: '31bf3856ad364e35' }] }),
      'App.runtimeconfig.json': runtimeConfig(),
    },
  },
  {
    name: 'a forwarded type',
    action: 'types',
    file: 'App.dll',
    files: {
      'App.dll': refersTo('Facade', { types: ['Ns.Here'] }),
      'Facade.dll': managed('Facade', { references: [{ name: 'Impl' }], forwards: [{ type: 'Ns.Here', to: 'Impl' }] }),
      'Impl.dll': managed('Impl', { types: ['Ns.Here'] }),
    },
  },
  {
    name: 'a forwarded type that is missing',
    action: 'types',
    file: 'App.dll',
    files: {
      'App.dll': refersTo('Facade', { types: ['Ns.Gone'] }),
      'Facade.dll': managed('Facade', { references: [{ name: 'Impl' }], forwards: [{ type: 'Ns.Gone', to: 'Impl' }] }),
      'Impl.dll': managed('Impl', { types: ['Ns.Here'] }),
    },
  },
];

export const LINUX_CASES: readonly RunCase[] = [
  ...REFERENCES,
  { name: 'a mixed image on Linux', action: 'load', file: 'mixed.dll', files: { 'mixed.dll': mixed() } },
  {
    name: 'a P/Invoke',
    action: 'call',
    file: 'App.dll',
    files: { 'App.dll': calls('engine') },
    libraries: { 'libengine.so': { source: FUNCTION } },
  },
  { name: 'a missing library', action: 'call', file: 'App.dll', files: { 'App.dll': calls('engine') } },
  {
    name: 'another case',
    action: 'call',
    file: 'App.dll',
    files: { 'App.dll': calls('engine') },
    libraries: { 'libEngine.so': { source: FUNCTION } },
  },
  {
    name: 'a missing function',
    action: 'call',
    file: 'App.dll',
    files: { 'App.dll': calls('engine', 'compute') },
    libraries: { 'libengine.so': { source: FUNCTION } },
  },
  {
    name: 'a 32-bit library',
    action: 'call',
    file: 'App.dll',
    files: { 'App.dll': calls('engine') },
    libraries: { 'libengine.so': { source: FUNCTION, flags: ['-m32'] } },
  },
  { name: 'a Windows DLL', action: 'call', file: 'App.dll', files: { 'App.dll': calls('engine.dll'), 'engine.dll': library() } },
  { name: 'a function of Windows', action: 'call', file: 'App.dll', files: { 'App.dll': calls('user32.dll') } },
  { name: 'a function of libc', action: 'call', file: 'App.dll', files: { 'App.dll': calls('libc', 'getpid') } },
  {
    name: 'a library that needs a missing one',
    action: 'call',
    file: 'App.dll',
    files: { 'App.dll': calls('engine') },
    libraries: {
      'libgone.so': { source: 'int g(void) { return 1; }' },
      'libengine.so': { source: 'int g(void); int f(void) { return g(); }', flags: ['-L.', '-lgone'] },
    },
  },
];

const host = { 'ijwhost.dll': ijwhost() };
const withHelper = (symbol = 'f'): Uint8Array => mixed({ imports: [{ name: 'helper.dll', symbols: [{ name: symbol }] }] });
const x86 = { machine: 'x86' } as const;

export const WINE_CASES: readonly RunCase[] = [
  ...REFERENCES.filter(({ name }) => /missing reference|older|key|renamed|x86|native/.test(name)),
  { name: 'a mixed image without ijwhost.dll', action: 'load', file: 'mixed.dll', files: { 'mixed.dll': mixed() } },
  {
    name: 'a mixed image with an x86 ijwhost.dll',
    action: 'load',
    file: 'mixed.dll',
    files: { 'mixed.dll': mixed(), 'ijwhost.dll': ijwhost('x86') },
    codesDiffer: true,
  },
  { name: 'a missing import', action: 'load', file: 'mixed.dll', files: { ...host, 'mixed.dll': withHelper() } },
  {
    name: 'an import for x86',
    action: 'load',
    file: 'mixed.dll',
    files: { ...host, 'mixed.dll': withHelper(), 'helper.dll': library(x86) },
    codesDiffer: true,
  },
  {
    name: 'an import of text',
    action: 'load',
    file: 'mixed.dll',
    files: { ...host, 'mixed.dll': withHelper(), 'helper.dll': '<html></html>' },
    codesDiffer: true,
  },
  {
    name: 'a missing import of an import',
    action: 'load',
    file: 'mixed.dll',
    files: { ...host, 'mixed.dll': withHelper(), 'helper.dll': library({ imports: { 'gone.dll': ['f'] } }) },
  },
  {
    name: 'an x86 mixed image',
    action: 'load',
    file: 'mixed.dll',
    files: { 'ijwhost.dll': ijwhost('x86'), 'mixed.dll': mixed({ architecture: 'x86', records: [{ type: 5, slots: ['Add'] }] }) },
  },
  {
    name: 'a mixed image of a bad version',
    action: 'load',
    file: 'mixed.dll',
    files: { ...host, 'mixed.dll': mixed({ cli: { majorRuntimeVersion: 1 } }) },
  },
  {
    name: 'a debug library',
    action: 'load',
    file: 'mixed.dll',
    files: { ...host, 'mixed.dll': mixed({ imports: [{ name: 'VCRUNTIME140D.dll', symbols: [{ name: 'memset' }] }] }) },
  },
  { name: 'a library', action: 'native', file: 'a.dll', files: { 'a.dll': library() } },
  {
    name: 'a library whose import is missing',
    action: 'native',
    file: 'a.dll',
    files: { 'a.dll': library({ imports: { 'gone.dll': ['f'] } }) },
    codesDiffer: true,
  },
  { name: 'a missing library of a P/Invoke', action: 'call', file: 'App.dll', files: { 'App.dll': calls('engine') } },
  {
    name: 'an x86 library of a P/Invoke',
    action: 'call',
    file: 'App.dll',
    files: { 'App.dll': calls('engine'), 'engine.dll': library(x86) },
  },
  {
    name: 'a missing function of a P/Invoke',
    action: 'call',
    file: 'App.dll',
    files: { 'App.dll': calls('engine', 'compute'), 'engine.dll': library() },
  },
  {
    name: 'a missing import of a library of a P/Invoke',
    action: 'call',
    file: 'App.dll',
    files: { 'App.dll': calls('engine'), 'engine.dll': library({ imports: { 'gone.dll': ['f'] } }) },
  },
];
