// The DLLs of a program's folder: real files of the hosts are checked, what is missing or wrong is named.
import { buildMixedImage, libraryImage } from '@ijw/fixtures';
import { Loader, type LoadOutcome } from '@ijw/loader';
import { searchedModules } from '@ijw/windows';
import { describe, expect, it } from 'vitest';

const EXPORTS = [
  { ordinal: 1, name: 'GetTokenForVTableEntry' },
  { ordinal: 2, name: '_CorDllMain' },
];
const IMPORTS = [{ name: 'KERNEL32.dll', symbols: [{ name: 'VirtualProtect' }] }];
const text = new TextEncoder().encode('not a DLL');

type Files = Readonly<Record<string, Uint8Array>>;

function load(host: 'ijwhost.dll' | 'mscoree.dll', files: Files, dependency?: string): LoadOutcome {
  const imports = dependency === undefined ? [] : [{ name: dependency, symbols: [{ name: 'F' }] }];
  const { bytes } = buildMixedImage({ architecture: 'x64', host, imports, records: [{ type: 6, slots: ['Add'] }] });
  const provider = searchedModules((name) => {
    const found = Object.entries(files).find(([file]) => file.toLowerCase() === name.toLowerCase());
    return found && { bytes: found[1], path: `C:\\app\\${found[0]}` };
  });
  return new Loader({ host: host === 'mscoree.dll' ? 'framework' : 'core', provider }).load(bytes, { path: 'C:\\app\\mixed.dll' });
}

/** Of .NET Framework not every code is known: then that of the observed runtime. */
const codeOf = (outcome: LoadOutcome): number | undefined =>
  outcome.hresult ?? (outcome.outcome === 'refused' ? outcome.observed?.hresult : undefined);

describe.each(['ijwhost.dll', 'mscoree.dll'] as const)('a real %s', (host) => {
  it.each([
    ['that imports others', { exports: EXPORTS, imports: IMPORTS }],
    ['that stands alone', { exports: EXPORTS }],
  ])('%s is checked; the simulated one does its work', (_title, options) => {
    const outcome = load(host, { [host]: libraryImage(options).bytes });
    expect(outcome.outcome).toBe('loaded');
    expect(outcome.events.some(({ step }) => step === 'corDllMain')).toBe(true);
    expect(outcome.events.filter((event) => event.step === 'map').length).toBe(1);
  });

  it.each([
    ['for another processor', libraryImage({ machine: 'i386', exports: EXPORTS }).bytes, 0x800700c1],
    ['that is not an image', text, 0x800700c1],
    ['without _CorDllMain', libraryImage({ exports: [{ ordinal: 1, name: 'Other' }] }).bytes, 0x8007007f],
    ['without exports', libraryImage().bytes, 0x8007007f],
  ])('%s is refused', (_title, bytes, hresult) => {
    const outcome = load(host, { [host]: bytes });
    expect(codeOf(outcome)).toBe(hresult);
    if (outcome.outcome === 'refused') expect(outcome.reason).toContain(host);
  });
});

it('a folder without ijwhost.dll is named; mscoree.dll comes with Windows', () => {
  const outcome = load('ijwhost.dll', {});
  expect(outcome).toMatchObject({ outcome: 'refused', hresult: 0x8007007e, place: { file: 'ijwhost.dll' } });
  expect(load('mscoree.dll', {}).outcome).toBe('loaded');
});

const host = { 'ijwhost.dll': libraryImage({ exports: EXPORTS, imports: IMPORTS }).bytes };

describe('a dependency', () => {
  const F = [{ ordinal: 1, name: 'F' }];

  it.each([
    ['is there', { 'VCRUNTIME140.dll': libraryImage({ exports: F }).bytes }, 0],
    ['is missing', {}, 0x8007007e],
    ['is not an image', { 'vcruntime140.DLL': text }, 0x800700c1],
    ['is for another processor', { 'VCRUNTIME140.dll': libraryImage({ machine: 'i386', exports: F }).bytes }, 0x800700c1],
    ['lacks the export', { 'VCRUNTIME140.dll': libraryImage({ exports: EXPORTS }).bytes }, 0x8007007f],
    ['returns FALSE', { 'VCRUNTIME140.dll': libraryImage({ exports: F, entry: [0x31, 0xc0, 0xc3] }).bytes }, 0x8007045a],
  ])('that %s', (_title, files: Files, hresult) => {
    const outcome = load('ijwhost.dll', { ...host, ...files }, 'VCRUNTIME140.dll');
    expect(outcome.hresult).toBe(hresult);
    if (outcome.outcome === 'loaded') return;
    expect(outcome.reason).toMatch(/vcruntime140\.dll/i);
    expect(JSON.stringify(outcome.exception)).not.toContain('%1');
  });

  it('of a dependency is named as the one at fault', () => {
    const near = libraryImage({ exports: F, imports: [{ name: 'far.dll', symbols: [{ name: 'G' }] }] }).bytes;
    const missing = load('ijwhost.dll', { ...host, 'near.dll': near }, 'near.dll');
    expect(missing).toMatchObject({ hresult: 0x8007007e, place: { file: 'far.dll' } });
    const wrong = load('ijwhost.dll', { ...host, 'near.dll': near, 'far.dll': libraryImage({ machine: 'i386' }).bytes }, 'near.dll');
    expect(wrong).toMatchObject({ hresult: 0x800700c1, place: { file: 'far.dll' } });
  });

  it.each(['node.exe', 'USER32.dll', 'api-ms-win-crt-heap-l1-1-0.dll'])('%s is not looked for', (name) => {
    expect(load('ijwhost.dll', host, name).outcome).toBe('loaded');
  });
});
