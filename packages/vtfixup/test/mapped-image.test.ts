// Slots of loaded images, and dumps of them.
import { existsSync, readFileSync } from 'node:fs';
import { ByteWriter } from '@ijw/binary';
import { boundaryJson, writeSlots } from '@ijw/vtfixup';
import { describe, expect, test } from 'vitest';
import { edgeFile } from './corpus-files.ts';
import { boundaryOf, DATA, mapImage, type SampleInput, sampleImage, TEXT } from './sample-image.ts';

const TOKEN = 0x06000001;
const SLOT_VALUE_AT = 0x7ff0_1234_0000n;

describe('a dump of a loaded image', () => {
  test.each(['x64/24', 'ia32/22', 'arm64/24'])('%s: the same boundary as in the file, before the runtime has been there', (name) => {
    const file = readFileSync(edgeFile(name));
    expect(existsSync(edgeFile(name))).toBe(true);
    expect(JSON.stringify(boundaryJson(boundaryOf(mapImage(file), { layout: 'mapped' })))).toBe(
      JSON.stringify(boundaryJson(boundaryOf(file))),
    );
  });
});

/** The thunks of ijwhost, byte by byte; the address that goes into the slot is `entry` bytes behind the start. */
const thunks = {
  x64: {
    entry: 0,
    bytes: (address: bigint) =>
      new ByteWriter()
        .bytes([0x49, 0xba])
        .u64(address)
        .bytes([0x49, 0xbb])
        .u64(0x7fff_0000_1000n)
        .bytes([0x41, 0xff, 0xe3, 0])
        .u32(TOKEN)
        .u64(0x1_8000_0000n)
        .u64(0x1_8002_0000n),
    expected: { token: TOKEN, helper: 0x7fff_0000_1000n, moduleHandle: 0x1_8000_0000n, slotAddress: 0x1_8002_0000n, size: 0x2c },
  },
  x86: {
    entry: 4,
    bytes: (address: bigint) =>
      new ByteWriter()
        .u32(TOKEN)
        .u8(0xe8)
        .u32(Number((0x7700_1000n - (address + 9n)) & 0xffffffffn))
        .u32(0x1000_0000)
        .u32(0x1002_0000),
    expected: { token: TOKEN, helper: 0x7700_1000n, moduleHandle: 0x1000_0000n, slotAddress: 0x1002_0000n, size: 0x11 },
  },
  arm64: {
    entry: 0,
    bytes: () =>
      new ByteWriter()
        .u32(0x10000010)
        .u32(0xf9400a11)
        .u32(0xd61f0220)
        .u32(0)
        .u64(0x7fff_0000_1000n)
        .u64(0x1_8000_0000n)
        .u64(0x1_8002_0000n)
        .u32(TOKEN),
    expected: { token: TOKEN, helper: 0x7fff_0000_1000n, moduleHandle: 0x1_8000_0000n, slotAddress: 0x1_8002_0000n, size: 0x2c },
  },
} as const;

function dumpWithSlot(architecture: SampleInput['architecture'], value: bigint, code?: Uint8Array): Uint8Array {
  const type = architecture === 'x86' ? 5 : 6;
  const mapped = mapImage(
    sampleImage({ architecture, data: writeSlots([TOKEN], type), fixups: [{ rva: DATA, count: 1, type }], ...(code && { code }) }),
  );
  const view = new DataView(mapped.buffer);
  if (type === 5) view.setUint32(DATA, Number(value), true);
  else view.setBigUint64(DATA, value, true);
  return mapped;
}

describe.each(['x64', 'x86', 'arm64'] as const)('slots of a loaded %s image', (architecture) => {
  const { bytes, entry, expected } = thunks[architecture];
  const address = architecture === 'x86' ? 0x6540_0000n : SLOT_VALUE_AT;
  const holds = address + BigInt(entry);

  test('a bootstrap thunk elsewhere in the process tells its token', () => {
    const memory = bytes(address).toBytes();
    const readMemory = (at: bigint) => (at === address ? memory : undefined);
    const boundary = boundaryOf(dumpWithSlot(architecture, holds), { layout: 'mapped', readMemory });
    const [slot] = boundary.nativeToManaged;
    expect(slot!.content).toEqual({ kind: 'bootstrap', address: holds, token: TOKEN, thunk: expected });
    expect(slot!.method).toBe('<Module>::Managed');
    expect(boundary.diagnostics.entries).toEqual([]);
    expect([...boundaryJson(boundary).fixups[0]!.slots][0]).toMatchObject({
      token: TOKEN,
      holds: 'bootstrap',
      address: `0x${holds.toString(16)}`,
    });
  });

  test('a bootstrap thunk within the image', () => {
    const base = architecture === 'x86' ? 0x1000_0000n : 0x1_8000_0000n;
    const at = base + BigInt(TEXT);
    const dump = dumpWithSlot(architecture, at + BigInt(entry), bytes(at).toBytes());
    expect(boundaryOf(dump, { layout: 'mapped' }).nativeToManaged[0]!.content).toMatchObject({ kind: 'bootstrap', token: TOKEN });
  });

  test('once the runtime has been there, the method is not known any more', () => {
    const boundary = boundaryOf(dumpWithSlot(architecture, holds), { layout: 'mapped', readMemory: () => new Uint8Array(64) });
    const [slot] = boundary.nativeToManaged;
    expect([slot!.token, slot!.method, slot!.content]).toEqual([0, undefined, { kind: 'patched', address: holds }]);
    expect(boundary.diagnostics.entries).toMatchObject([{ code: 'SLOT_PATCHED', severity: 'info', rva: DATA }]);
  });

  test('a truncated thunk is none', () => {
    const memory = bytes(address).toBytes();
    for (let length = 0; length < expected.size; length++) {
      const boundary = boundaryOf(dumpWithSlot(architecture, holds), { layout: 'mapped', readMemory: () => memory.subarray(0, length) });
      expect(boundary.nativeToManaged[0]!.content.kind).toBe('patched');
    }
  });

  test('in a file the same bytes are a token', () => {
    const value = writeSlots([TOKEN], architecture === 'x86' ? 5 : 6);
    const file = sampleImage({ architecture, data: value, fixups: [{ rva: DATA, count: 1, type: architecture === 'x86' ? 5 : 6 }] });
    expect(boundaryOf(file).nativeToManaged[0]!.content).toEqual({ kind: 'token', token: TOKEN });
  });
});
