// LoadLibrary: mapping, relocation, imports, TLS, the security cookie and the order of entry points.

import { type LibraryImage, type LibraryImageOptions, libraryImage } from '@ijw/fixtures';
import { type HostModule, type ImageModule, modulesByName } from '@ijw/windows';
import { describe, expect, it } from 'vitest';
import { type Library, type LibraryLoad, loaded, windowsProcess } from './windows-process.ts';

const RETURNS_TRUE = [0xb8, 1, 0, 0, 0, 0xc3];
const RETURNS_FALSE = [0x31, 0xc0, 0xc3];

/** LoadLibrary of a DLL in a process of its own, with others beside it. */
function loadLibrary(
  dll: LibraryImage | Uint8Array,
  beside: Readonly<Record<string, LibraryImage | HostModule>> = {},
  base?: number,
): LibraryLoad {
  const modules = Object.entries(beside).map(([name, module]): [string, ImageModule | HostModule] => [
    name,
    'bytes' in module ? { kind: 'image', bytes: module.bytes, path: `C:\\app\\${name}` } : module,
  ]);
  const bytes = dll instanceof Uint8Array ? dll : dll.bytes;
  return windowsProcess({ provider: modulesByName(modules) })(bytes, { base });
}

const pointerAt = (library: Library, rva: number): bigint => library.read(rva, 8).getBigUint64(0, true);

describe('mapping', () => {
  it('gives each section the rights that it asks for', () => {
    const dll = libraryImage();
    const module = loaded(loadLibrary(dll));
    expect([module.rightsAt(0), module.rightsAt(dll.textRva), module.rightsAt(dll.dataRva)]).toEqual(['r--', 'r-x', 'rw-']);
  });

  it('gives a section that asks for writing and executing only writing, and says so', () => {
    const dll = libraryImage();
    const view = new DataView(dll.bytes.buffer);
    const table = view.getUint32(0x3c, true) + 24 + view.getUint16(view.getUint32(0x3c, true) + 20, true);
    view.setUint32(table + 36, 0xe0000020, true);
    const outcome = loadLibrary(dll);
    expect(loaded(outcome).rightsAt(dll.textRva)).toBe('rw-');
    expect(outcome.events.find((event) => event.step === 'mapSection' && event.note !== undefined)).toBeDefined();
  });

  it.each([
    ['a section beyond the image', { optional: { sizeOfImage: 0x1000 } }, 'sectionOutsideImage'],
    ['headers beyond the image', { optional: { sizeOfHeaders: 0x100000 } }, 'sectionOutsideImage'],
    ['two gigabytes of image', { optional: { sizeOfImage: 0xfffff000 } }, 'imageTooLarge'],
  ])('refuses %s', (_title, pe, rule) => {
    expect(loadLibrary(libraryImage({ pe }))).toMatchObject({ outcome: 'refused', rule });
  });

  it('refuses a file that ends inside a section', () => {
    const { bytes } = libraryImage();
    expect(loadLibrary(bytes.subarray(0, bytes.length - 0x300))).toMatchObject({
      outcome: 'refused',
      rule: 'sectionOutsideImage',
      hresult: 0x800700c1,
    });
  });
});

describe('relocation', () => {
  const BASE = 0x1_9000_0000;
  const PREFERRED = 0x1_8000_0000n;
  const data = new Uint8Array(64);
  const view = new DataView(data.buffer);
  view.setBigUint64(0, PREFERRED + 0x1234n, true);
  view.setUint32(8, 0x8000_1234, true);
  view.setUint16(12, 0x8000, true);
  view.setUint16(14, 0x1234, true);
  view.setUint16(16, 0x8000, true);

  it('applies every type of these machines', () => {
    const relocations = [
      { offset: 0, type: 10 },
      { offset: 8, type: 3 },
      { offset: 12, type: 1 },
      { offset: 14, type: 2 },
      { offset: 16, type: 4, adjustment: 0x9000 },
      { offset: 20, type: 0 },
    ];
    const dll = libraryImage({ data, relocations });
    const outcome = loadLibrary(dll, {}, BASE + 0x50000);
    const after = loaded(outcome).read(dll.dataRva, 24);
    expect(after.getBigUint64(0, true)).toBe(BigInt(BASE) + 0x51234n);
    expect(after.getUint32(8, true)).toBe(0x9005_1234);
    expect(after.getUint16(12, true)).toBe(0x9005);
    expect(after.getUint16(14, true)).toBe(0x1234);
    // 0x8000_0000 - 0x7000 + 0x1005_0000, rounded to the nearest 64 KiB.
    expect(after.getUint16(16, true)).toBe(0x9005);
    expect(outcome.events.find((event) => event.step === 'relocate')).toMatchObject({ count: 5, delta: '0x10050000' });
  });

  it('changes nothing at the preferred base', () => {
    const dll = libraryImage({ data, relocations: [{ offset: 0, type: 10 }] });
    expect(pointerAt(loaded(loadLibrary(dll)), dll.dataRva)).toBe(PREFERRED + 0x1234n);
  });

  it.each([5, 6, 7, 8, 9, 11])('refuses type %i, which is another machine’s', (type) => {
    const dll = libraryImage({ data, relocations: [{ offset: 0, type }] });
    expect(loadLibrary(dll, {}, BASE)).toMatchObject({
      outcome: 'refused',
      rule: 'badRelocation',
      place: { structure: 'base relocations' },
    });
  });

  it('refuses a place outside the image', () => {
    const dll = libraryImage({ data, relocations: [{ offset: 0x100000, type: 10 }] });
    expect(loadLibrary(dll, {}, BASE)).toMatchObject({ outcome: 'refused', rule: 'badRelocation', hresult: 0x800700c1 });
  });

  it('refuses another base for an image whose relocations were stripped', () => {
    const dll = libraryImage({ pe: { coff: { characteristics: 0x2023 } } });
    const load = windowsProcess();
    expect(load(dll.bytes, { path: 'one.dll' }).outcome).toBe('loaded');
    expect(load(dll.bytes, { path: 'three.dll', base: 0x1_9500_0000 })).toMatchObject({
      rule: 'baseTaken',
      hresult: 0x800701e7,
    });
    expect(load(dll.bytes, { path: 'two.dll' })).toMatchObject({
      outcome: 'refused',
      rule: 'baseTaken',
      hresult: 0x800701e7,
    });
  });
});

describe('imports', () => {
  const library = libraryImage({
    exports: [
      { ordinal: 1, name: 'First' },
      { ordinal: 2 },
      { ordinal: 3, name: 'Away', forwarder: 'OTHER.First' },
      { ordinal: 4, name: 'Further', forwarder: 'OTHER.#9' },
      { ordinal: 5, name: 'Nowhere', forwarder: 'GONE.Anything' },
    ],
    pe: { imageBase: 0x1_9000_0000n },
  });

  it('binds by name with any hint, and by ordinal', () => {
    const dll = libraryImage({ imports: [{ name: 'Library.DLL', symbols: [{ name: 'First', hint: 77 }, { ordinal: 2 }] }] });
    const module = loaded(loadLibrary(dll, { 'library.dll': library }));
    const address = 0x1_9000_0000 + library.textRva;
    expect(module.imports).toMatchObject([
      { module: 'Library.DLL', name: 'First', hint: 77, address, resolvedBy: 'image' },
      { module: 'Library.DLL', name: '#2', ordinal: 2, address, resolvedBy: 'image' },
    ]);
    expect(pointerAt(module, dll.slotRva('Library.DLL', 'First'))).toBe(BigInt(address));
  });

  it('follows forwarders by name and by ordinal, also to modules that no provider has', () => {
    const other = libraryImage({
      exports: [
        { ordinal: 1, name: 'First' },
        { ordinal: 9, name: 'Ninth' },
      ],
      pe: { imageBase: 0x1_a000_0000n },
    });
    const dll = libraryImage({ imports: [{ name: 'library.dll', symbols: [{ name: 'Away' }, { name: 'Further' }, { name: 'Nowhere' }] }] });
    const module = loaded(loadLibrary(dll, { 'library.dll': library, 'other.dll': other }));
    expect(module.imports.map((entry) => [entry.resolvedBy, entry.forwardedTo])).toEqual([
      ['image', ['OTHER.First']],
      ['image', ['OTHER.#9']],
      ['none', ['GONE.Anything']],
    ]);
    expect(module.imports[0]!.address).toBe(0x1_a000_0000 + other.textRva);
  });

  it('takes functions of host modules', () => {
    const host: HostModule = {
      kind: 'host',
      name: 'api.dll',
      resolve: (symbol) => (symbol === 'Now' ? { name: 'Now', function: () => 7 } : undefined),
    };
    const dll = libraryImage({ imports: [{ name: 'api.dll', symbols: [{ name: 'Now' }] }] });
    expect(loaded(loadLibrary(dll, { 'api.dll': host })).imports[0]).toMatchObject({ resolvedBy: 'host' });
    const missing = libraryImage({ imports: [{ name: 'api.dll', symbols: [{ name: 'Never' }] }] });
    expect(loadLibrary(missing, { 'api.dll': host })).toMatchObject({ outcome: 'refused', rule: 'exportNotFound', hresult: 0x8007007f });
  });

  it('names what no provider has: one address a symbol, the same for the same symbol', () => {
    const symbols = [{ name: 'A' }, { name: 'B' }, { ordinal: 3 }];
    const dll = libraryImage({
      imports: [
        { name: 'x.dll', symbols },
        { name: 'y.dll', symbols },
        { name: 'X.dll', symbols: [{ name: 'A' }] },
      ],
    });
    const addresses = loaded(loadLibrary(dll)).imports.map((entry) => entry.address);
    expect(new Set(addresses).size).toBe(6);
    expect(addresses[6]).toBe(addresses[0]);
  });

  it('refuses a symbol and an ordinal that the library lacks', () => {
    const byName = libraryImage({ imports: [{ name: 'library.dll', symbols: [{ name: 'Nobody' }] }] });
    expect(loadLibrary(byName, { 'library.dll': library })).toMatchObject({
      outcome: 'refused',
      rule: 'exportNotFound',
      hresult: 0x8007007f,
    });
    const byOrdinal = libraryImage({ imports: [{ name: 'library.dll', symbols: [{ ordinal: 999 }] }] });
    expect(loadLibrary(byOrdinal, { 'library.dll': library })).toMatchObject({ rule: 'exportNotFound', hresult: 0x800700b6 });
  });

  it('says that a file is not there where the provider does', () => {
    const dll = libraryImage({ imports: [{ name: 'gone.dll', symbols: [{ name: 'A' }] }] });
    const load = windowsProcess({ provider: { find: (name) => (name === 'gone.dll' ? 'missing' : undefined) } });
    expect(load(dll.bytes)).toMatchObject({
      outcome: 'refused',
      rule: 'moduleNotFound',
      hresult: 0x8007007e,
    });
  });

  it('goes through a cycle of imports once', () => {
    const a = libraryImage({
      imports: [{ name: 'b.dll', symbols: [{ name: 'B' }] }],
      exports: [{ ordinal: 1, name: 'A' }],
      pe: { imageBase: 0x1_9000_0000n },
    });
    const b = libraryImage({
      imports: [{ name: 'a.dll', symbols: [{ name: 'A' }] }],
      exports: [{ ordinal: 1, name: 'B' }],
      pe: { imageBase: 0x1_a000_0000n },
    });
    const dll = libraryImage({ imports: [{ name: 'a.dll', symbols: [{ name: 'A' }] }] });
    const outcome = loadLibrary(dll, { 'a.dll': a, 'b.dll': b });
    expect(loaded(outcome).imports[0]).toMatchObject({ address: 0x1_9000_0000 + a.textRva });
    expect(outcome.events.filter((event) => event.step === 'map')).toHaveLength(3);
  });

  it('refuses forwarders that lead in a circle', () => {
    const a = libraryImage({ exports: [{ ordinal: 1, name: 'F', forwarder: 'B.F' }], pe: { imageBase: 0x1_9000_0000n } });
    const b = libraryImage({ exports: [{ ordinal: 1, name: 'F', forwarder: 'A.F' }], pe: { imageBase: 0x1_a000_0000n } });
    const dll = libraryImage({ imports: [{ name: 'a.dll', symbols: [{ name: 'F' }] }] });
    const outcome = loadLibrary(dll, { 'a.dll': a, 'b.dll': b });
    expect(outcome).toMatchObject({ outcome: 'refused', rule: 'forwarderLoop' });
    expect(outcome.events.filter((event) => event.step === 'unmap')).toHaveLength(3);
  });

  it('refuses a chain of forwarders without an end', () => {
    let asked = 0;
    const provider = {
      find: (): ImageModule => {
        asked++;
        return {
          kind: 'image',
          path: `m${asked}.dll`,
          bytes: libraryImage({ exports: [{ ordinal: 1, name: 'F', forwarder: `M${asked + 1}.F` }] }).bytes,
        };
      },
    };
    const dll = libraryImage({ imports: [{ name: 'm1.dll', symbols: [{ name: 'F' }] }] });
    expect(windowsProcess({ provider })(dll.bytes)).toMatchObject({
      outcome: 'refused',
      rule: 'forwarderLoop',
    });
  });

  it('notes delayed imports without loading anything, and that bound ones are bound again', () => {
    const symbols = [{ name: 'Later' }];
    const dll = libraryImage({
      imports: [{ name: 'x.dll', symbols: [{ name: 'A' }] }],
      delayImports: [{ name: 'later.dll', symbols }],
      boundTo: ['x.dll'],
    });
    const outcome = loadLibrary(dll, { 'later.dll': library });
    expect(loaded(outcome).imports).toMatchObject([{ name: 'A' }, { name: 'Later', delayed: true, resolvedBy: 'none' }]);
    expect(outcome.events.filter((event) => event.step === 'map')).toHaveLength(1);
    expect(outcome.events.find((event) => event.step === 'boundImports')).toMatchObject({
      imports: 'x.dll',
      timeDateStamp: 0x1234,
      honoured: false,
    });
  });
});

describe('thread-local storage', () => {
  const tls = (options: NonNullable<LibraryImageOptions['tls']>): LibraryImageOptions => ({ tls: options, entry: RETURNS_TRUE });

  it('gives an index and calls the callbacks in order, before the entry point', () => {
    const dll = libraryImage(tls({}));
    const outcome = loadLibrary(dll);
    const module = loaded(outcome);
    expect(module.read(dll.dataRva + 32, 4).getUint32(0, true)).toBe(0);
    const calls = outcome.events.filter((event) => event.step === 'callTlsCallback' || event.step === 'callEntryPoint');
    expect(calls.map((event) => ('address' in event ? event.address - module.base : 0))).toEqual([
      dll.textRva,
      dll.textRva + 1,
      dll.textRva + 4,
    ]);
  });

  it('runs the callbacks', () => {
    // inc dword [rip + …]; TRUE: the callback is the entry point's own code, which counts its calls in .data.
    const code = [0xff, 0x05, 0xf6, 0x0f, 0, 0, 0xb8, 1, 0, 0, 0, 0xc3];
    const dll = libraryImage({ tls: { callbacks: [0x1004] }, entry: code });
    expect(loaded(loadLibrary(dll)).read(dll.dataRva, 1).getUint8(0)).toBe(2);
    expect(loadLibrary(libraryImage(tls({ callbacks: [0x2000] })))).toMatchObject({ outcome: 'refused', rule: 'tlsCallbackFaulted' });
  });

  it.each([
    ['index', { index: 0x00ab_cde0 }, 'AddressOfIndex'],
    ['template', { start: 0x00ab_cde0, end: 0x00ab_cdf0 }, 'StartAddressOfRawData'],
    ['template that ends before it begins', { start: 0x1010, end: 0x1000 }, 'StartAddressOfRawData'],
  ])('refuses a %s outside the image', (_title, options, field) => {
    expect(loadLibrary(libraryImage(tls(options)))).toMatchObject({
      outcome: 'refused',
      rule: 'tlsOutsideImage',
      place: { structure: 'TLS directory', field },
    });
  });
});

describe('the security cookie', () => {
  it('is filled where it has the default value, and only there', () => {
    const data = new Uint8Array(64);
    new DataView(data.buffer).setBigUint64(8, 0x00002b992ddfa232n, true);
    const dll = libraryImage({ data, cookie: 8 });
    const outcome = loadLibrary(dll);
    const value = pointerAt(loaded(outcome), dll.dataRva + 8);
    expect(value).not.toBe(0x00002b992ddfa232n);
    expect(value >> 48n).toBe(0n);
    expect(outcome.events.find((event) => event.step === 'securityCookie')).toMatchObject({ value: `0x${value.toString(16)}` });
    const set = libraryImage({ cookie: 8 });
    expect(pointerAt(loaded(loadLibrary(set)), set.dataRva + 8)).toBe(0n);
  });
});

describe('entry points', () => {
  it('TRUE keeps the module, FALSE ends the load and unmaps', () => {
    expect(loadLibrary(libraryImage({ entry: RETURNS_TRUE })).outcome).toBe('loaded');
    const outcome = loadLibrary(libraryImage({ entry: RETURNS_FALSE }));
    expect(outcome).toMatchObject({ outcome: 'refused', rule: 'entryPointFailed', hresult: 0x8007045a });
    expect(outcome).toMatchObject({ mapped: 0 });
    expect(outcome.events.at(-1)).toMatchObject({ step: 'unmap' });
  });

  it('imports are called before the importer; one that fails takes all with it', () => {
    const library = libraryImage({ entry: RETURNS_TRUE, exports: [{ ordinal: 1, name: 'A' }], pe: { imageBase: 0x1_9000_0000n } });
    const imports = [{ name: 'library.dll', symbols: [{ name: 'A' }] }];
    const called = (outcome: LibraryLoad): string[] =>
      outcome.events.flatMap((event) => (event.step === 'callEntryPoint' ? [event.module] : []));
    expect(called(loadLibrary(libraryImage({ entry: RETURNS_TRUE, imports }), { 'library.dll': library }))).toEqual([
      'library.dll',
      'main.dll',
    ]);
    const failing = libraryImage({ entry: RETURNS_FALSE, exports: [{ ordinal: 1, name: 'A' }], pe: { imageBase: 0x1_9000_0000n } });
    const outcome = loadLibrary(libraryImage({ entry: RETURNS_TRUE, imports }), { 'library.dll': failing });
    expect(outcome).toMatchObject({ outcome: 'refused', rule: 'entryPointFailed' });
    expect(called(outcome)).toEqual(['library.dll']);
    expect(outcome.events.filter((event) => event.step === 'unmap')).toHaveLength(2);
  });
});
