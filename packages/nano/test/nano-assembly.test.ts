// Assemblies of .NET nanoFramework: header and checksums, tables, names, signatures, code; both formats; damaged bytes.

import { BadImageError } from '@ijw/binary';
import { isNanoAssembly, NanoAssembly, nanoChecksums, nanoCodeDocument, nanoText } from '@ijw/nano';
import { describe, expect, it } from 'vitest';
import { demoAssembly } from './nano-builder.ts';

describe.each([1, 2] as const)('format %i', (format) => {
  const bytes = demoAssembly(format);
  const assembly = NanoAssembly.parse(bytes);

  it('has a header, checksums and tables', () => {
    expect(isNanoAssembly(bytes)).toBe(true);
    expect(assembly.name).toBe('Demo');
    expect(assembly.header).toMatchObject({ format, version: '1.2.3.4', nativeMethodsChecksum: 0x12345678 });
    const { headerCrc, assemblyCrc } = assembly.header;
    expect(nanoChecksums(bytes, assembly.header)).toEqual({ headerCrc, assemblyCrc });
    expect(assembly.table('AssemblyRef')?.row(0)).toMatchObject({ Version: '1.17.11.0' });
    expect(assembly.table('GenericParam')?.rowCount).toBe(format === 1 ? undefined : 0);
    expect(() => assembly.table('TypeDef')?.row(1)).toThrow(BadImageError);
  });

  it('is disassembled', () => {
    expect([...nanoText(assembly)].join('\n')).toBe(`.class sealed N.C extends [mscorlib]System.Object
{
  .field static int32 value
  .method static void Run(string)
  {
    .maxstack 2
    .locals (int32)
    IL_0000: nop
    IL_0001: ldstr      "hello"
    IL_0004: stloc.0
    IL_0005: switch     (IL_000b, IL_0001)
    IL_000b: ldsfld     N.C::value
    IL_000e: pop
    IL_000f: call       [mscorlib]System.Object::.ctor
    IL_0012: leave.s    IL_0014
    IL_0014: ret
    .try IL_0000 to IL_0005 catch [mscorlib]System.Object handler IL_0005 to IL_000a
  }
}
`);
  });

  it('gives a document of the methods that are wanted', () => {
    const [method, ...others] = nanoCodeDocument(assembly, (name) => name === 'N.C::Run');
    expect(others).toEqual([]);
    expect(method).toMatchObject({ index: 0, name: 'N.C::Run', signature: 'void Run(string)' });
    expect(method?.instructions?.[1]).toEqual({ offset: 1, name: 'ldstr', operand: '"hello"' });
  });

  it('ends cleanly when it is cut or changed', () => {
    let refused = 0;
    const read = (part: Uint8Array): void => {
      try {
        const damaged = NanoAssembly.parse(part);
        expect([...nanoText(damaged)].length + [...nanoCodeDocument(damaged, () => true)].length).toBeLessThan(10_000);
      } catch (error) {
        expect(error).toBeInstanceOf(BadImageError);
        refused++;
      }
    };
    for (let length = 0; length < bytes.length; length++) read(bytes.subarray(0, length));
    for (let place = 0; place < bytes.length; place++)
      for (const value of [0, 0xff, 0x80]) {
        const changed = bytes.slice();
        changed[place] = value;
        read(changed);
      }
    expect(refused).toBeGreaterThan(100);
  });
});

it('other files are no assemblies', () => {
  expect(isNanoAssembly(new TextEncoder().encode('NFMRK3\0\0'))).toBe(false);
  expect(() => NanoAssembly.parse(new Uint8Array(200))).toThrow(BadImageError);
});
