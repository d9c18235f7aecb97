// The metadata root and its streams, and roots that are wrong.
import { BadImageError, ByteWriter, Diagnostics } from '@ijw/binary';
import { METADATA_SIGNATURE, Metadata, readMetadataRoot, selectStreams, writeMetadataRoot } from '@ijw/metadata';
import { MetadataBuilder, type NamedStream } from '@ijw/metadata/builder';
import { describe, expect, test } from 'vitest';

const stream = (name: string, text = ''): NamedStream => ({ name, bytes: new TextEncoder().encode(text) });

function builder(name = 'usual'): MetadataBuilder {
  const made = new MetadataBuilder();
  made.add('Module', { Name: name });
  return made;
}

/** The tables stream of a module with another name, to put beside the usual one. */
function tablesOf(generation: number): Uint8Array {
  const made = new MetadataBuilder();
  made.add('Module', { Generation: generation });
  const metadata = Metadata.parse(made.build());
  return metadata.stream('#~')!.slice();
}

const select = (...names: string[]) => selectStreams({ streams: names.map((name, offset) => ({ name, offset, size: 0 })) });

describe('which stream is used', () => {
  test('#~: the last of a name, case counts', () => {
    const { format, tables, find } = select('#~', '#Strings', '#strings', '#Strings', '#~', '#STRINGS');
    expect(format).toBe('compressed');
    expect(tables?.offset).toBe(4);
    expect(find('#Strings')?.offset).toBe(3);
    expect(find('#Blob')).toBeUndefined();
  });

  test('#-: the first of a name, case does not count', () => {
    const { format, tables, find } = select('#STRINGS', '#-', '#Strings', '#-', '#blob', '#Blob');
    expect(format).toBe('uncompressed');
    expect(tables?.offset).toBe(1);
    expect(find('#Strings')?.offset).toBe(0);
    expect(find('#Blob')?.offset).toBe(4);
  });

  test('#Schema makes the first #~ or #- an uncompressed one', () => {
    const { format, tables, find } = select('#~', '#Schema', '#~', '#Strings', '#Strings');
    expect([format, tables?.offset, find('#Strings')?.offset]).toEqual(['uncompressed', 0, 3]);
  });

  test('of #~ and #- the first decides', () => {
    expect(select('#~', '#-').format).toBe('compressed');
    expect(select('#-', '#~').format).toBe('uncompressed');
    expect(select('#Strings').format).toBe('none');
  });

  test.each([
    ['#~', 7, 7],
    ['#-', 7, 1],
  ] as const)('rows come from the stream that wins: %s', (tablesStream, otherGeneration, expected) => {
    const made = new MetadataBuilder();
    made.add('Module', { Generation: 1 });
    const bytes = made.build({ tablesStream, after: [{ name: tablesStream, bytes: tablesOf(otherGeneration) }] });
    expect(Metadata.parse(bytes).tables.Module.get(1, 'Generation')).toBe(expected);
  });

  test('strings come from the heap that wins', () => {
    const after = [stream('#Strings', '\0other\0')];
    expect(Metadata.parse(builder().build({ after })).strings.get(1)).toBe('other');
    expect(Metadata.parse(builder().build({ after, tablesStream: '#-' })).strings.get(1)).toBe('usual');
  });

  test('#JTD makes every index 4 bytes wide', () => {
    const metadata = Metadata.parse(builder().build({ minimalDelta: true }));
    expect(metadata.isMinimalDelta).toBe(true);
    expect(metadata.tables.Module.rowSize).toBe(18);
    expect(metadata.strings.get(metadata.tables.Module.get(1, 'Name'))).toBe('usual');
  });

  test('schema 1.1 has a column more in GenericParam', () => {
    const made = builder();
    made.add('GenericParam', { Number: 0, Name: 'T' });
    made.add('GenericParam', { Number: 1, Name: 'U' });
    const { tables, strings } = Metadata.parse(made.build({ header: { majorVersion: 1, minorVersion: 1 } }));
    expect(tables.GenericParam.columns.map(({ name }) => name)).toEqual(['Number', 'Flags', 'Owner', 'Name', 'Kind']);
    expect(strings.get(tables.GenericParam.get(2, 'Name'))).toBe('U');
  });

  test('extra data stands between the row counts and the rows', () => {
    const metadata = Metadata.parse(builder().build({ header: { extraData: 0xdeadbeef } }));
    expect(metadata.tablesHeader.extraData).toBe(0xdeadbeef);
    expect(metadata.strings.get(metadata.tables.Module.get(1, 'Name'))).toBe('usual');
  });

  test('a portable PDB’s columns are as wide as the assembly’s tables demand', () => {
    const typeSystemRowCounts = new Array<number>(64).fill(0);
    typeSystemRowCounts[0x06] = 0x10000;
    const pdb = { id: '00'.repeat(20), entryPoint: 0x06000001 as never, typeSystemRowCounts };
    const made = new MetadataBuilder();
    made.add('LocalScope', { Method: 0x10000, VariableList: 1, ConstantList: 1, Length: 9 });
    const metadata = Metadata.parse(made.build({ pdb }));
    expect(metadata.root.version).toBe('PDB v1.0');
    expect(metadata.pdbStream).toEqual(pdb);
    expect(metadata.tables.LocalScope.rowSize).toBe(18);
    expect(metadata.tables.LocalScope.row(1)).toMatchObject({ Method: 0x10000, Length: 9 });
    expect(metadata.tables.MethodDef.rowCount).toBe(0);
  });
});

describe('a root that is wrong', () => {
  const bytes = builder().build();
  const view = (change: (view: DataView) => void): Uint8Array => {
    const copy = bytes.slice();
    change(new DataView(copy.buffer));
    return copy;
  };
  const codeOf = (input: Uint8Array): string | undefined => {
    try {
      void Metadata.parse(input).tables;
    } catch (error) {
      expect(error).toBeInstanceOf(BadImageError);
      return (error as BadImageError).code;
    }
    return undefined;
  };
  const firstStream = 16 + 12 + 4;

  test.each([
    ['no signature', view((data) => data.setUint32(0, 0x12345678)), 'BAD_METADATA_SIGNATURE'],
    ['a version longer than the metadata', view((data) => data.setUint32(12, 0xffffffff, true)), 'TRUNCATED'],
    ['more streams than headers', view((data) => data.setUint16(16 + 12 + 2, 0xffff, true)), 'STREAM_OUT_OF_BOUNDS'],
    ['a stream that starts beyond the end', view((data) => data.setUint32(firstStream, 0x7fffffff, true)), 'STREAM_OUT_OF_BOUNDS'],
    ['a stream that ends beyond the end', view((data) => data.setUint32(firstStream + 4, 0xffffffff, true)), 'STREAM_OUT_OF_BOUNDS'],
    ['no tables stream', writeMetadataRoot({ version: 'v4.0.30319', streams: [stream('#Strings')] }), 'NO_TABLES'],
    ['a tables stream of no bytes', writeMetadataRoot({ version: 'v4.0.30319', streams: [stream('#~')] }), 'TRUNCATED'],
    ['a name of a stream without end', writeMetadataRoot({ version: 'v', streams: [stream('#'.repeat(40))] }), 'UNTERMINATED_STRING'],
    ['more rows than bytes', builder().build({ header: { rowCounts: { Module: 0xffffffff } } }), 'TOO_MANY_ROWS'],
    ['a table nobody knows', builder().build({ header: { valid: (1n << 63n) | 1n } }), 'UNKNOWN_TABLE'],
  ])('%s', (_, input, code) => {
    expect(codeOf(input)).toBe(code);
  });

  test('every length of a truncated file ends in a BadImageError', () => {
    for (let length = 0; length < bytes.length - 24; length++) expect(codeOf(bytes.subarray(0, length))).toBeDefined();
  });

  test('a diagnostics sink lets the rows that are there be read', () => {
    const diagnostics = new Diagnostics();
    const metadata = Metadata.parse(builder().build({ header: { rowCounts: { Module: 1000 } } }), { diagnostics });
    expect(metadata.tables.Module.rowCount).toBe(1);
    expect(diagnostics.entries).toEqual([expect.objectContaining({ code: 'TOO_MANY_ROWS', reading: 'the Module table' })]);
  });

  test('behind a table that is cut off there are no rows of others', () => {
    const made = builder();
    made.add('TypeDef');
    made.add('ModuleRef');
    const diagnostics = new Diagnostics();
    const { tables } = Metadata.parse(made.build({ header: { rowCounts: { Module: 3, TypeDef: 9 } } }), { diagnostics });
    expect([tables.Module.rowCount, tables.TypeDef.rowCount, tables.ModuleRef.rowCount]).toEqual([2, 0, 0]);
    expect(diagnostics.entries).toHaveLength(1);
  });

  test.each([
    ['Module', 3],
    ['TypeDef', 0x10000],
    ['TypeDef', 2],
  ] as const)('where one row count is wrong, the rows that fill the stream are read: %s', (table, claimed) => {
    const made = builder();
    made.add('TypeDef', { Name: 'T' });
    made.add('ModuleRef', { Name: 'M' });
    const bytes = made.build({ header: { rowCounts: { [table]: claimed } } });
    const diagnostics = new Diagnostics();
    const { strings, tables } = Metadata.parse(bytes, { diagnostics });
    expect([tables.Module.rowCount, tables.TypeDef.rowCount, tables.ModuleRef.rowCount]).toEqual([1, 1, 1]);
    expect(strings.get(tables.ModuleRef.get(1, 'Name'))).toBe('M');
    expect(diagnostics.entries).toMatchObject([{ code: 'TOO_MANY_ROWS', reading: `the ${table} table` }]);
    expect(() => Metadata.parse(bytes).tables).toThrow(expect.objectContaining({ code: 'TOO_MANY_ROWS' }));
  });

  test('the version ends at its NUL, streams keep their order', () => {
    const root = readMetadataRoot(writeMetadataRoot({ version: 'v2.0.50727', streams: [stream('#~', 'abc'), stream('#X', 'defg')] }));
    expect(root.version).toBe('v2.0.50727');
    expect(root.versionLength % 4).toBe(0);
    expect(root.streams.map(({ name, size }) => [name, size])).toEqual([
      ['#~', 3],
      ['#X', 4],
    ]);
    expect(new ByteWriter().u32(METADATA_SIGNATURE).toBytes()).toEqual(new TextEncoder().encode('BSJB'));
  });

  test('metadata need not be aligned', () => {
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const metadata = Metadata.parse(shifted.subarray(3), { base: 3 });
    expect(metadata.strings.get(metadata.tables.Module.get(1, 'Name'))).toBe('usual');
  });
});

describe('strings about as long as those that are free', () => {
  const heap = (bytes: Uint8Array) =>
    Metadata.parse(writeMetadataRoot({ version: 'v', streams: [stream('#~'), { name: '#Strings', bytes }] })).strings;

  test.each([60, 61, 62, 63, 64, 65, 66, 67, 68])('%i bytes, ASCII and not', (length) => {
    const ascii = 'x'.repeat(length);
    const other = `${'x'.repeat(length - 2)}é`;
    const strings = heap(new TextEncoder().encode(`\0${ascii}\0${other}\0`));
    expect([strings.get(1), strings.get(length + 2)]).toEqual([ascii, other]);
  });

  test.each([60, 64, 68, 128])('%i bytes without a NUL', (length) => {
    const error = (() => {
      try {
        return heap(new TextEncoder().encode('x'.repeat(length))).get(0);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(BadImageError);
    expect(error).toMatchObject({ code: 'UNTERMINATED_STRING' });
  });
});
