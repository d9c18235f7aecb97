// Methods that share one long body are read up to the budget; classes within classes are written up to a depth. Each just below the limit and just above.
import { BadImageError, Diagnostics } from '@ijw/binary';
import { disassemble, MethodBodySource, methodCodes } from '@ijw/il';
import { Metadata, type TypeDefToken } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { buildILImage } from './il-image.ts';

const NOPS = 100_000;

/** So many methods with the same body. */
function sharing(methods: number): PEImage {
  const bytes = buildILImage(({ builder, body }) => {
    const rva = body((code) => {
      for (let left = NOPS; left > 0; left--) code.emit('nop');
      code.emit('ret');
    });
    builder.add('TypeDef', { Name: '<Module>' });
    for (let left = methods; left > 0; left--)
      builder.add('MethodDef', { Name: 'M', Flags: 0x16, RVA: rva, Signature: Uint8Array.of(0, 0, 1) });
  });
  return PEImage.parse(bytes);
}

/** As often as a body of this size may be read. */
const affordable = (image: PEImage, size: number): number => Math.floor((image.bytes.length * 4 + 0x400000) / size);
const rvaOf = (image: PEImage): number => Metadata.of(image)?.tables.MethodDef.get(1, 'RVA') ?? 0;

describe('a body that methods share', () => {
  it('is read as often as the budget affords', () => {
    const image = sharing(1);
    const source = new MethodBodySource(image);
    const rva = rvaOf(image);
    const { size } = source.read(rva);
    for (let left = affordable(image, size) - 1; left > 0; left--) source.read(rva);
    // The body that exceeds the budget is the last.
    expect(() => source.read(rva)).toThrow(expect.objectContaining({ code: 'TOO_MUCH_DATA', rva }));
    expect(source.attempt(rva)).toBeInstanceOf(BadImageError);
    expect(() => new MethodBodySource(image).read(rva)).not.toThrow();
  });

  it('of more methods is reported for those beyond', () => {
    const kinds = (image: PEImage): readonly string[] => Array.from(methodCodes(image, Metadata.of(image)!), ({ kind }) => kind);
    const above = sharing(60);
    const { size } = new MethodBodySource(above).read(rvaOf(above));
    const most = affordable(above, size);
    expect(kinds(above)).toEqual([...new Array<string>(most).fill('il'), ...new Array<string>(60 - most).fill('bad')]);
    expect(kinds(sharing(most - 1))).toEqual(new Array<string>(most - 1).fill('il'));
  });
});

describe('classes within classes', () => {
  function written(depth: number): { readonly classes: number; readonly codes: readonly string[] } {
    const bytes = buildILImage(({ builder }) => {
      let outer: TypeDefToken | undefined;
      for (let level = 0; level < depth; level++) {
        const type = builder.add('TypeDef', { Name: `T${level}`, Flags: level === 0 ? 1 : 2 });
        if (outer !== undefined) builder.add('NestedClass', { NestedClass: type, EnclosingClass: outer });
        outer = type;
      }
    });
    const image = PEImage.parse(bytes);
    const diagnostics = new Diagnostics();
    let text = '';
    disassemble(image, Metadata.of(image)!, (chunk) => (text += new TextDecoder().decode(chunk)), diagnostics);
    return { classes: text.match(/^ *\.class /gm)?.length ?? 0, codes: diagnostics.entries.map(({ code }) => code) };
  }

  it('are written to a depth of 101', () => {
    expect(written(101)).toEqual({ classes: 101, codes: [] });
    expect(written(102)).toEqual({ classes: 101, codes: ['NESTING_TOO_DEEP'] });
  });
});
