// The ExportAddressTableJumps table: read, written, malformed.
import { ByteReader } from '@ijw/binary';
import { type Boundary, boundaryJson, EXPORT_JUMP_SIZE, type ExportJump, readExportJump, writeExportJumps } from '@ijw/vtfixup';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bytes, DATA, sampleBoundary } from './sample-image.ts';

const JUMPS = DATA + 0x100;
const jump = fc.record({ slotRva: fc.nat(0xffffffff), reserved: fc.nat(0xffffffff) });

describe('an entry of ExportAddressTableJumps', () => {
  it('reads as it was written, 32 bytes each', () => {
    fc.assert(
      fc.property(fc.array(jump), (jumps) => {
        const bytes = writeExportJumps(jumps);
        expect(bytes).toHaveLength(jumps.length * EXPORT_JUMP_SIZE);
        const reader = new ByteReader(bytes);
        expect(jumps.map(() => readExportJump(reader))).toEqual(jumps);
      }),
    );
  });
});

describe('the export address table jumps of an image', () => {
  const MANAGED = 0x06000001;
  const sample = (jumps: readonly ExportJump[], size = jumps.length * EXPORT_JUMP_SIZE, rva = JUMPS): Boundary =>
    sampleBoundary({
      architecture: 'x86',
      fixups: [{ rva: DATA, count: 1, type: 5 }],
      data: new Bytes(DATA).u32(MANAGED).at(JUMPS).bytes(writeExportJumps(jumps)).toBytes(),
      exports: [{ ordinal: 1, name: 'Managed', target: JUMPS }],
      cli: { exportAddressTableJumps: { rva, size } },
    });

  it('lead from exports through slots to methods', () => {
    const boundary = sample([
      { slotRva: DATA, reserved: 0 },
      { slotRva: DATA + 0x40, reserved: 0 },
    ]);
    expect(boundaryJson(boundary)).toMatchObject({
      exportJumps: [
        { rva: JUMPS, slotRva: DATA, token: MANAGED, method: '<Module>::Managed', exports: ['Managed'] },
        { rva: JUMPS + 32, slotRva: DATA + 0x40, exports: [] },
      ],
    });
    expect(boundary.diagnostics.entries).toEqual([]);
  });

  it('are not mentioned where there are none', () => {
    expect(boundaryJson(sampleBoundary({ architecture: 'x64' }))).not.toHaveProperty('exportJumps');
  });

  it.each([
    ['a size that is no multiple of an entry', sample([{ slotRva: DATA, reserved: 0 }], 40), 'EXPORT_JUMP_SIZE'],
    ['a reserved flag', sample([{ slotRva: DATA, reserved: 7 }]), 'EXPORT_JUMP_RESERVED'],
    ['more than the file has', sample([], 0x7fff_ffe0), 'COUNT_TOO_LARGE'],
    ['a place outside the image', sample([], 32, 0x900_0000), 'RVA_NOT_MAPPED'],
  ])('report %s', (_name, boundary, code) => {
    expect(boundary.exportJumps.length).toBeLessThan(2);
    expect(boundary.diagnostics.entries.map((entry) => entry.code)).toContain(code);
  });
});
