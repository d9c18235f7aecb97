// Tiny and fat method bodies, data sections, and malformed ones.
import { BadImageError, ByteWriter } from '@ijw/binary';
import { codeOf, type ExceptionClause, encodeMethodBody, exceptionClauseKind, MethodSectionFlags, readMethodBody } from '@ijw/il';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const codes = (body: { readonly diagnostics: readonly { readonly code: string }[] }): string[] => body.diagnostics.map(({ code }) => code);

const anyClause: fc.Arbitrary<ExceptionClause> = fc
  .record({
    flags: fc.constantFrom(0, 1, 2, 4),
    tryOffset: fc.nat({ max: 0x1ffff }),
    tryLength: fc.nat({ max: 0x1ff }),
    handlerOffset: fc.nat({ max: 0x1ffff }),
    handlerLength: fc.nat({ max: 0x1ff }),
    classTokenOrFilterOffset: fc.nat({ max: 0xffffffff }),
  })
  .map((clause) => ({ kind: exceptionClauseKind(clause.flags), ...clause }));

const clause = (flags: number): ExceptionClause => ({
  kind: exceptionClauseKind(flags),
  flags,
  tryOffset: 0,
  tryLength: 2,
  handlerOffset: 2,
  handlerLength: 2,
  classTokenOrFilterOffset: 0,
});

describe('method bodies', () => {
  it('are read back as they were written', () => {
    const bodies = fc.record({
      code: fc.uint8Array({ maxLength: 200 }),
      maxStack: fc.nat({ max: 0xffff }),
      initLocals: fc.boolean(),
      localVarSigToken: fc.nat({ max: 0xffffff }).map((rid) => (rid ? (0x11 << 24) | rid : 0)),
      exceptionClauses: fc.array(anyClause, { maxLength: 30 }),
      rawSections: fc.array(fc.record({ kind: fc.constantFrom(0, 2, 4), data: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(bodies, fc.nat({ max: 3 }), (written, dwords) => {
        const bytes = new ByteWriter()
          .fill(dwords * 4)
          .bytes(encodeMethodBody(written))
          .fill(5, 0xcc)
          .toBytes();
        const read = readMethodBody(bytes, dwords * 4);
        expect(codeOf(read)).toEqual(written.code);
        expect(read).toMatchObject({
          maxStack: written.maxStack,
          initLocals: written.initLocals,
          localVarSigToken: written.localVarSigToken,
          exceptionClauses: written.exceptionClauses,
          size: bytes.length - dwords * 4 - 5,
        });
        expect(read.sections.flatMap(({ data }) => (data ? [data] : []))).toEqual(written.rawSections.map(({ data }) => data));
      }),
    );
  });

  it('are tiny with 63 bytes of code and fat with 64', () => {
    expect(readMethodBody(encodeMethodBody({ code: new Uint8Array(63) }), 0)).toMatchObject({
      format: 'tiny',
      size: 64,
      maxStack: 8,
      headerSize: 1,
    });
    expect(readMethodBody(encodeMethodBody({ code: new Uint8Array(64) }), 0)).toMatchObject({
      format: 'fat',
      size: 76,
      maxStack: 8,
      headerSize: 12,
    });
  });

  it('count clauses whether or not the size of the section counts its header', () => {
    const code = new Uint8Array(4);
    for (const [clauseFormat, clauseSize] of [
      ['small', 12],
      ['fat', 24],
    ] as const) {
      const bytes = encodeMethodBody({ code, exceptionClauses: [clause(0), clause(2)], clauseFormat });
      bytes[17] = clauseSize * 2;
      expect(readMethodBody(bytes, 0)).toMatchObject({
        exceptionClauses: [{ kind: 'catch' }, { kind: 'finally' }],
        size: bytes.length,
        diagnostics: [],
      });
    }
  });

  it('align sections by the RVA', () => {
    const bytes = new ByteWriter()
      .fill(2)
      .bytes(encodeMethodBody({ code: new Uint8Array(4), exceptionClauses: [clause(4)] }))
      .toBytes();
    expect(readMethodBody(bytes, 2, { rva: 0x2002 })).toMatchObject({ rva: 0x2004, exceptionClauses: [{ kind: 'fault' }] });
  });

  it('name the four kinds of clauses and report another', () => {
    const flags = [0, 1, 2, 4, 8];
    const body = readMethodBody(encodeMethodBody({ code: new Uint8Array(4), exceptionClauses: flags.map(clause) }), 0);
    expect(body.exceptionClauses.map(({ kind }) => kind)).toEqual(['catch', 'filter', 'finally', 'fault', 'unknown']);
    expect(codes(body)).toEqual(['UNKNOWN_CLAUSE']);
  });

  it('count the clauses of the first section alone, as the runtime does', () => {
    const bytes = encodeMethodBody({
      code: new Uint8Array(4),
      exceptionClauses: [clause(0)],
      rawSections: [{ kind: 1, data: new Uint8Array(12) }],
    });
    const body = readMethodBody(bytes, 0);
    expect(body.sections.map(({ clauses }) => clauses.length)).toEqual([1, 1]);
    expect(body.exceptionClauses).toHaveLength(1);
    expect(body.diagnostics).toMatchObject([{ code: 'IGNORED_SECTION', severity: 'warning' }]);
    expect(body.size).toBe(bytes.length);
  });

  it('keep a section of another kind and report it', () => {
    const data = Uint8Array.of(1, 2, 3);
    const body = readMethodBody(
      encodeMethodBody({ code: new Uint8Array(1), rawSections: [{ kind: MethodSectionFlags.OptILTable, data }] }),
      0,
    );
    expect(body.sections).toMatchObject([{ kind: 'optIL', data, offset: 16 }]);
    expect(codes(body)).toEqual(['UNKNOWN_SECTION']);
  });
});

describe('hostile method bodies', () => {
  const fat = encodeMethodBody({ code: new Uint8Array(8), exceptionClauses: [clause(0)], format: 'fat' });

  it.each([
    ['no bytes', new Uint8Array(), 'TRUNCATED'],
    ['a header that is cut off', fat.subarray(0, 11), 'TRUNCATED'],
    ['neither of the two formats', Uint8Array.of(0x04, 0, 0, 0), 'BAD_METHOD_FORMAT'],
  ])('throw BadImageError for %s', (_, bytes, code) => {
    expect(() => readMethodBody(bytes, 0, { base: 0x400 })).toThrow(
      expect.objectContaining({ name: BadImageError.name, code, offset: 0x400 }),
    );
  });

  it('report code past the end and give what is there', () => {
    const body = readMethodBody(encodeMethodBody({ code: new Uint8Array(8), header: { codeSize: 0xffffffff } }), 0, {
      base: 0x100,
      rva: 0x2000,
      token: 0x06000001,
    });
    expect(body.diagnostics).toMatchObject([{ code: 'CODE_TRUNCATED', offset: 0x10c, rva: 0x200c, token: 0x06000001 }]);
    expect(codeOf(body)).toHaveLength(8);
    expect(codes(readMethodBody(Uint8Array.of((10 << 2) | 2, 0x2a), 0))).toEqual(['CODE_TRUNCATED']);
  });

  it('report a header of another size, and take the code from where a longer one ends', () => {
    const longer = encodeMethodBody({ code: Uint8Array.of(0xcc, 0xcc, 0xcc, 0xcc, 0x2a), header: { size: 4, codeSize: 1 } });
    expect(readMethodBody(longer, 0)).toMatchObject({ headerSize: 16, diagnostics: [{ code: 'BAD_HEADER_SIZE' }] });
    expect(codeOf(readMethodBody(longer, 0))).toEqual(Uint8Array.of(0x2a));
    expect(readMethodBody(encodeMethodBody({ code: Uint8Array.of(0x2a), header: { size: 0 } }), 0)).toMatchObject({ headerSize: 12 });
  });

  it('report locals that are no StandAloneSig, and a header that is not aligned', () => {
    expect(codes(readMethodBody(encodeMethodBody({ code: new Uint8Array(1), localVarSigToken: 0x02000001 }), 0))).toEqual([
      'BAD_LOCALS_TOKEN',
    ]);
    expect(codes(readMethodBody(encodeMethodBody({ code: new Uint8Array(1), format: 'fat' }), 0, { rva: 0x2001 }))).toEqual([
      'UNALIGNED_HEADER',
    ]);
  });

  it('report sections that are not there, wholly or in part', () => {
    expect(readMethodBody(fat.subarray(0, 20), 0)).toMatchObject({ sections: [], diagnostics: [{ code: 'SECTION_TRUNCATED' }] });
    expect(readMethodBody(fat.subarray(0, 30), 0)).toMatchObject({ exceptionClauses: [], diagnostics: [{ code: 'SECTION_TRUNCATED' }] });
  });

  it('end where sections go on and on', () => {
    const bytes = new Uint8Array(4096).fill(0x80);
    bytes.set(encodeMethodBody({ code: new Uint8Array(4), header: { flags: 0x0b } }));
    const body = readMethodBody(bytes, 0);
    expect(body.size).toBeLessThanOrEqual(bytes.length);
    expect(codes(body)).toContain('UNKNOWN_SECTION');
  });
});
