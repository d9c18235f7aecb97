// Where native bodies end: paths, tail calls, jump tables.
import { UnsupportedError } from '@ijw/binary';
import { canDecodeNative, loadNativeDecoder, type NativeBody, type NativeCode, readNativeBody } from '@ijw/il/native';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const RVA = 0x1000;
const bases = { i386: 0x10000000n, amd64: 0x180000000n, arm64: 0x180000000n } as const;
type Machine = keyof typeof bases;

async function bodyOf(machine: Machine, bytes: readonly number[] | Uint8Array, code: Partial<NativeCode> = {}): Promise<NativeBody> {
  const imageBase = bases[machine];
  const window = Uint8Array.from(bytes);
  const decoder = await loadNativeDecoder(machine, imageBase);
  return readNativeBody(
    { bytes: window, windowRva: RVA, imageBase, rva: RVA, limit: RVA + window.length, limitIsExact: false, ...code },
    decoder,
  );
}

const words = (...values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const lines = ({ instructions }: NativeBody): string[] =>
  instructions.map(({ rva, mnemonic, operands }) => `${rva.toString(16)} ${mnemonic} ${operands}`.trim());

describe('native bodies', () => {
  it('are one jump through the import table on x64', async () => {
    const body = await bodyOf('amd64', [0xff, 0x25, 0xfa, 0x1f, 0, 0, 0xcc, 0xcc]);
    expect(lines(body)).toEqual(['1000 jmp qword ptr [0x180003000]']);
    expect(body).toMatchObject({ size: 6, instructions: [{ flow: 'indirectBranch', memory: 0x3000 }] });
  });

  it('are one jump through the import table on x86', async () => {
    const body = await bodyOf('i386', [0xff, 0x25, 0, 0x30, 0, 0x10, 0xcc]);
    expect(lines(body)).toEqual(['1000 jmp dword ptr [0x10003000]']);
    expect(body).toMatchObject({ size: 6, instructions: [{ flow: 'indirectBranch', memory: 0x3000 }] });
  });

  it('are three instructions through the import table on arm64', async () => {
    // adrp x16, 0x180003000; ldr x16, [x16, #8]; br x16
    const body = await bodyOf('arm64', words(0xd0000010, 0xf9400610, 0xd61f0200, 0xd4200000));
    expect(lines(body)).toEqual(['1000 adrp x16, #0x180003000', '1004 ldr x16, [x16, #8]', '1008 br x16']);
    expect(body).toMatchObject({ size: 12, instructions: [{}, { memory: 0x3008 }, { flow: 'indirectBranch' }] });
  });

  it('follow a condition both ways and end where all paths end', async () => {
    // test ecx, ecx; jz +3; xor eax, eax; ret; [int3;] mov al, 1; ret; then another function
    const body = await bodyOf('amd64', [0x85, 0xc9, 0x74, 0x04, 0x33, 0xc0, 0xc3, 0xcc, 0xb0, 1, 0xc3, 0xcc, 0x90, 0xc3]);
    expect(lines(body)).toEqual([
      '1000 test ecx, ecx',
      '1002 je 0x180001008',
      '1004 xor eax, eax',
      '1006 ret',
      '1008 mov al, 1',
      '100a ret',
    ]);
    expect(body.size).toBe(11);
    expect(body.data).toEqual([{ rva: 0x1007, bytes: Uint8Array.of(0xcc) }]);
  });

  it('follow branches on arm64', async () => {
    // cbz x0, +12; tbnz w1, #0, +4 (next); ret; mov w0, #1; b +0 is itself
    const body = await bodyOf('arm64', words(0xb4000060, 0x37000021, 0xd65f03c0, 0x52800020, 0x14000000), { limitIsExact: true });
    expect(body.instructions.map(({ flow, target }) => [flow, target])).toEqual([
      ['condition', 0x100c],
      ['condition', 0x1008],
      ['return', undefined],
      ['next', undefined],
      ['branch', 0x1010],
    ]);
  });

  it('end at a long jump, which is a call in tail position, unless the end is known', async () => {
    const code = [0xe9, 1, 0, 0, 0, 0xcc, 0x90, 0xc3];
    expect((await bodyOf('amd64', code)).size).toBe(5);
    expect((await bodyOf('amd64', code, { limitIsExact: true })).size).toBe(8);
  });

  it('stop at __fastfail and at traps, and go on behind another interrupt', async () => {
    expect((await bodyOf('amd64', [0xcd, 0x2c, 0xcd, 0x29, 0x90])).instructions.map(({ flow }) => flow)).toEqual(['next', 'stop']);
    expect((await bodyOf('amd64', [0x0f, 0x0b, 0x90])).instructions.map(({ flow }) => flow)).toEqual(['stop']);
    expect((await bodyOf('arm64', words(0xd43e0060, 0xd503201f))).instructions.map(({ flow }) => flow)).toEqual(['stop']);
  });

  it('follow the table of a switch on x86', async () => {
    // jmp [ecx*4 + 0x1000100c]; ret; ret; 3 filler; table
    const code = [0xff, 0x24, 0x8d, 0x0c, 0x10, 0, 0x10, 0xc3, 0xc2, 4, 0, 0xcc, 0x07, 0x10, 0, 0x10, 0x08, 0x10, 0, 0x10, 0, 0, 0, 0];
    const body = await bodyOf('i386', code);
    expect(lines(body)).toEqual(['1000 jmp dword ptr [ecx*4+0x1000100c]', '1007 ret', '1008 ret 4']);
  });

  it('follow the table of a switch on x64', async () => {
    // mov ecx, [rdx+rax*4+0x1010]; add rcx, rdx; jmp rcx; ret; ret; filler; table
    const code = [
      0x8b, 0x8c, 0x82, 0x10, 0x10, 0, 0, 0x48, 0x03, 0xca, 0xff, 0xe1, 0xc3, 0xc3, 0xcc, 0xcc, 0x0c, 0x10, 0, 0, 0x0d, 0x10, 0, 0, 0, 0, 0,
      0,
    ];
    const body = await bodyOf('amd64', code);
    expect(body.instructions.map(({ rva }) => rva)).toEqual([0x1000, 0x1007, 0x100a, 0x100c, 0x100d]);
  });

  it('name no place in the image for the block of the thread', async () => {
    const decoder = await loadNativeDecoder('i386', 0n);
    const bytes = Uint8Array.of(0x64, 0xa1, 0x18, 0, 0, 0);
    expect(decoder.decode(bytes, 0, RVA)).toEqual({ rva: RVA, size: 6, mnemonic: 'mov', operands: 'eax, fs:[0x18]', flow: 'next' });
  });

  it('stay below the limit', async () => {
    const body = await bodyOf('amd64', [0x90, 0x90, 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 0xc3], { limit: RVA + 4 });
    expect(body).toMatchObject({ size: 2, data: [] });
  });

  it('show what is no instruction as bytes', async () => {
    expect(lines(await bodyOf('amd64', [0x06, 0x90]))).toEqual(['1000 db 0x06']);
    expect((await bodyOf('arm64', words(0xffffffff))).instructions).toMatchObject([{ flow: 'invalid', size: 4 }]);
    expect(lines(await bodyOf('arm64', [1, 2, 3]))).toEqual(['1000 db 0x01, 0x02, 0x03']);
  });

  it('of other machines are refused', async () => {
    expect(canDecodeNative('amd64')).toBe(true);
    expect(canDecodeNative('toString')).toBe(false);
    await expect(loadNativeDecoder('powerpc', 0n)).rejects.toThrow(UnsupportedError);
    await expect(loadNativeDecoder('constructor', 0n)).rejects.toThrow(UnsupportedError);
  });

  it.each(['i386', 'amd64', 'arm64'] as const)('end for any bytes on %s, no instruction over another', async (machine) => {
    const decoder = await loadNativeDecoder(machine, bases[machine]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, limitIsExact) => {
        const body = readNativeBody(
          { bytes, windowRva: RVA, imageBase: bases[machine], rva: RVA, limit: RVA + bytes.length, limitIsExact },
          decoder,
        );
        const parts = [
          ...body.instructions.map(({ rva, size }) => [rva, size] as const),
          ...body.data.map((data) => [data.rva, data.bytes.length] as const),
        ];
        let end = RVA;
        for (const [rva, size] of parts.sort(([one], [other]) => one - other)) {
          expect(rva).toBe(end);
          end = rva + size;
        }
        expect(end).toBe(RVA + body.size);
      }),
      { numRuns: 200 },
    );
  });
});
