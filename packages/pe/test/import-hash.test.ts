// The import hash: names in order and in lower case, endings of libraries, names of ordinals.
import { hexBytes, md5 } from '@ijw/binary';
import { PEImage } from '@ijw/pe';
import { PEBuilder } from '@ijw/pe/builder';
import { buildImports, type ImportInput, importHash } from '@ijw/pe/imports';
import { describe, expect, it } from 'vitest';

function imageOf(imports: readonly ImportInput[]): PEImage {
  const builder = new PEBuilder();
  if (imports.length > 0) {
    const section = builder.addSection('.idata');
    const { directory, addressTable } = buildImports(imports, builder.pointerSize);
    builder.setDirectory('import', section.add(directory));
    section.add(addressTable);
  }
  return PEImage.parse(builder.build());
}

const hashOf = (names: string): string => hexBytes(md5(new TextEncoder().encode(names)));

describe('the import hash', () => {
  it.each([
    [
      'names',
      [{ name: 'KERNEL32.dll', symbols: [{ name: 'GetProcAddress' }, { name: 'LoadLibraryA' }] }],
      'kernel32.getprocaddress,kernel32.loadlibrarya',
    ],
    [
      'only three endings',
      [
        { name: 'a.b.OCX', symbols: [{ name: 'X' }] },
        { name: 'c.drv', symbols: [{ name: 'Y' }] },
      ],
      'a.b.x,c.drv.y',
    ],
    [
      'ordinals of libraries that are known',
      [{ name: 'WS2_32.dll', symbols: [{ ordinal: 1 }, { ordinal: 115 }] }],
      'ws2_32.accept,ws2_32.wsastartup',
    ],
    [
      'ordinals of OLEAUT32',
      [{ name: 'oleaut32.dll', symbols: [{ ordinal: 2 }, { ordinal: 9999 }] }],
      'oleaut32.sysallocstring,oleaut32.ord9999',
    ],
    ['ordinals of others', [{ name: 'mfc42.dll', symbols: [{ ordinal: 815 }] }], 'mfc42.ord815'],
  ])('is of %s', (_, imports, names) => {
    expect(importHash(imageOf(imports))).toBe(hashOf(names));
  });

  it('is the one that is published for a known text', () => {
    // RFC 1321 A.5.
    expect(hashOf('abc')).toBe('900150983cd24fb0d6963f7d28e17f72');
  });

  it('needs an import directory', () => {
    expect(importHash(imageOf([]))).toBeUndefined();
  });
});
