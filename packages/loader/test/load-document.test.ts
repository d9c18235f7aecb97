// The JSON document of a load.
import { Assembly } from '@ijw/assembly';
import { UnsupportedError } from '@ijw/binary';
import { buildMixedImage } from '@ijw/fixtures';
import { type ImageInput, Loader, loadDocument } from '@ijw/loader';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';

const mixed = (type: number, slots: readonly ('Add' | number)[], host: 'ijwhost.dll' | undefined = 'ijwhost.dll') =>
  buildMixedImage({ architecture: 'x64', host, records: [{ type, slots }] });

describe('the document of a load', () => {
  it('is the same for bytes, an image and an assembly; metadata alone cannot be loaded', () => {
    const { bytes } = mixed(6, ['Add']);
    const assembly = Assembly.of(PEImage.parse(bytes));
    const of = (input: ImageInput) => JSON.stringify(loadDocument(new Loader({ host: 'core' }).load(input, { path: 'mixed.dll' })));
    expect(of(bytes)).toContain('"outcome":"loaded"');
    expect([of(assembly), of(assembly.requireImage())]).toEqual([of(bytes), of(bytes)]);
    expect(() => of(Assembly.of(assembly.requireMetadata()))).toThrow(UnsupportedError);
  });

  it('survives JSON and has the keys that tools rely on', () => {
    const { bytes, slotRvas } = mixed(6, ['Add']);
    const document = loadDocument(new Loader({ host: 'core' }).load(bytes, { path: 'mixed.dll' }));
    const written = JSON.parse(JSON.stringify(document));
    expect(written).toEqual({ ...document, pinvokes: written.pinvokes });
    expect(JSON.stringify(written)).toBe(JSON.stringify(document));
    expect(written).toMatchObject({
      outcome: 'loaded',
      hresult: 0,
      host: 'core',
      architecture: 'x64',
      base: 0x1_8000_0000,
      mapped: true,
      slots: [
        {
          rva: slotRvas[0]![0],
          token: 0x06000001,
          method: '<Module>::Add',
          before: 0x06000001,
          thunk: {
            kind: 'reverse',
            size: 24,
            bytes: expect.stringMatching(/^4c8b15[0-9a-f]{8}ff25/),
            stub: { steps: expect.arrayContaining(['call the managed method']) },
          },
        },
      ],
      pinvokes: [
        {
          token: 0x06000003,
          method: '<Module>::NativeAdd',
          kind: 'rva',
          via: 'rva',
          stub: {
            steps: expect.arrayContaining(['clear the last error', 'call rva as cdecl with 32 bytes on the stack']),
            convention: 'cdecl',
            charSet: 'ansi',
            bestFitMapping: true,
            throwOnUnmappableChar: false,
            setLastError: true,
            marshallingRequired: true,
            marshallingCauses: [{ reason: 'setLastError' }],
            arguments: [
              { kind: 'parameter', managed: 'int', native: 'int', bytes: 4, blittable: true },
              { kind: 'parameter', bytes: 4 },
            ],
            result: { native: 'int', bytes: 4, blittable: true },
            stackBytes: 32,
          },
        },
        { token: 0x06000004, method: '<Module>::Tick', kind: 'rva', via: 'rva -> KERNEL32.dll!GetTickCount' },
      ],
      imports: [
        { module: 'KERNEL32.dll', name: 'GetTickCount', resolvedBy: 'none' },
        { module: 'ijwhost.dll', name: '_CorDllMain', resolvedBy: 'host' },
      ],
    });
    const { slots } = document as { slots: readonly { after: number; thunk: { address: number } }[] };
    expect(slots[0]!.after).toBe(slots[0]!.thunk.address);
    expect(document).not.toHaveProperty('reason');
    for (const event of document.events) expect(event).toHaveProperty('step');
  });

  it('of a refusal says rule, place, reason, exception, and what stays mapped', () => {
    const document = loadDocument(new Loader({ host: 'core' }).load(mixed(5, ['Add']).bytes, { path: 'mixed.dll' }));
    expect(document).toMatchObject({
      outcome: 'refused',
      hresult: 0x8007000b,
      rule: 'fixupType',
      place: { structure: 'vtable fixups', field: 'Type' },
      reason: '1 of 1 slots are in records whose type this runtime does not know',
      exception: { type: 'System.BadImageFormatException', hresult: 0x8007000b, inner: { type: 'System.BadImageFormatException' } },
      mapped: true,
    });
    expect(document.slots[0]).not.toHaveProperty('thunk');
    expect(JSON.parse(JSON.stringify(document))).toEqual({ ...document, pinvokes: [] });
  });

  it('writes what a number cannot hold as digits', () => {
    const image = buildMixedImage({ architecture: 'x64', host: undefined, records: [{ type: 6, slots: ['Add'] }] });
    const at = image.bytes.indexOf(0x06, 0x400);
    expect(at).toBeGreaterThan(0);
    const { slotRvas } = image;
    const outcome = new Loader({ host: 'core' }).load(image.bytes, { nativeFirst: true });
    outcome.module!.write(slotRvas[0]![0]!, new Uint8Array(8).fill(0xff));
    expect(loadDocument(outcome).slots[0]).toMatchObject({ after: '0xffffffffffffffff' });
  });

  it('of an image that is not mapped has no base', () => {
    const document = loadDocument(new Loader({ host: 'core', architecture: 'x86' }).load(mixed(6, ['Add']).bytes));
    expect(document).toMatchObject({ outcome: 'refused', hresult: 0x80132006, mapped: false, slots: [], imports: [] });
    expect(document).not.toHaveProperty('base');
  });
});
