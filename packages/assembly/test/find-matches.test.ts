// Names, strings, constants and attributes by a pattern.

import { Assembly, findMatches, type MatchKind } from '@ijw/assembly';
import { Diagnostics, UsageError } from '@ijw/binary';
import { buildNativeDll, type MachineCode } from '@ijw/fixtures';
import { encodeFieldSignature } from '@ijw/metadata/signatures';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { buildILImage, INT, methodSignature, STRING, VOID } from '../../il/test/il-image.ts';

const image = buildILImage(({ builder, data, system, method }) => {
  const mark = builder.add('MemberRef', {
    Class: system('System.ObsoleteAttribute'),
    Name: '.ctor',
    Signature: methodSignature(0x20, VOID, STRING),
  });
  const type = builder.add('TypeDef', { Namespace: 'Ns.Inner', Name: 'Widget', Flags: 1, Extends: system('System.Object') });
  const limit = builder.add('Field', { Name: 'Limit', Flags: 0x8056, Signature: encodeFieldSignature(INT) });
  const blob = builder.add('Field', { Name: 'Blob', Flags: 0x116, Signature: encodeFieldSignature(INT) });
  method('Print', (code) =>
    code
      .emit('ldstr', 0x70000000 + builder.userStrings.add('hello world'))
      .emit('pop')
      .emit('ldc.i4', -2147024894)
      .emit('pop')
      .emit('ret'),
  );
  method('Sprint', (code) => code.emit('ldc.i4.5').emit('pop').emit('ldc.r8', 2.5).emit('pop').emit('ret'));
  builder.add('Constant', { Type: 8, Parent: limit, Value: Uint8Array.of(42, 0, 0, 0) });
  builder.add('FieldRVA', { RVA: data(new TextEncoder().encode('\u0001secret ascii\0s\0e\0c\0r\0e\0t\0')), Field: blob });
  builder.add('CustomAttribute', { Parent: type, Type: mark, Value: Uint8Array.of(1, 0, 2, 0x6e, 0x6f, 0, 0) });
});

const assembly = await Assembly.open(image);
const found = (pattern: string, ...kinds: MatchKind[]) => [...findMatches(pattern, kinds.length === 0 ? undefined : kinds)(assembly)];
const texts = (pattern: string, ...kinds: MatchKind[]): readonly string[] => found(pattern, ...kinds).map(({ text }) => text);

describe('names', () => {
  it('a word is contained in simple names, in any case', () => {
    expect(texts('print')).toEqual(['Ns.Inner.Widget::Print', 'Ns.Inner.Widget::Sprint']);
    expect(texts('inner')).toEqual([]);
  });

  it('a pattern fits the whole; with a dot or :: it is about full names', () => {
    expect(texts('print*')).toEqual(['Ns.Inner.Widget::Print']);
    expect(texts('Ns.*', 'type')).toEqual(['Ns.Inner.Widget']);
    expect(texts('Widget::*rint', 'method')).toEqual([]);
    expect(texts('*Widget::*rint', 'method')).toEqual(['Ns.Inner.Widget::Print', 'Ns.Inner.Widget::Sprint']);
  });

  it('a regular expression with flags', () => {
    expect(texts('/^S?[Pp]rint$/')).toEqual(['Ns.Inner.Widget::Print', 'Ns.Inner.Widget::Sprint']);
    expect(texts('/^print$/')).toEqual([]);
    expect(texts('/^print$/i')).toEqual(['Ns.Inner.Widget::Print']);
    expect(() => findMatches('/(/')).toThrow(UsageError);
  });

  it('has tokens, and kinds on request', () => {
    expect(found('Limit')).toEqual([{ kind: 'field', text: 'Ns.Inner.Widget::Limit', token: 0x04000001 }]);
    expect(texts('Obsolete', 'typeReference')).toEqual(['System.ObsoleteAttribute']);
    expect(texts('inner', 'namespace')).toEqual(['Ns.Inner']);
    expect(texts('runtime', 'assemblyReference')).toEqual(['System.Runtime']);
  });

  it('imports and exports of a native image', async () => {
    const native = await Assembly.open(
      buildNativeDll({
        name: 'n.dll',
        architecture: 'x64',
        functions: [{ name: 'Start', write: (code: MachineCode) => void code.op(0xc3) }],
        variables: {},
      }),
    );
    expect([...findMatches('start')(native)]).toMatchObject([{ kind: 'export', text: 'Start' }]);
  });
});

describe('values', () => {
  it('strings: of the heap, in ASCII and in UTF-16', () => {
    expect(found('hello', 'string')).toMatchObject([{ token: 0x70000001, text: 'hello world', in: '#US' }]);
    expect(found('secret', 'string')).toMatchObject([
      { text: 'secret ascii', in: '.text, ASCII' },
      { text: 'secret', in: '.text, UTF-16' },
    ]);
  });

  it('of sections that share their bytes: as often as the budget lets them', async () => {
    const bytes = new Uint8Array(0x8000).fill(0x41);
    const section = {
      name: '.a',
      nameBytes: new Uint8Array(8),
      virtualSize: bytes.length,
      virtualAddress: 0x1000,
      sizeOfRawData: bytes.length,
    };
    const zeroes = {
      pointerToRawData: 0,
      pointerToRelocations: 0,
      pointerToLineNumbers: 0,
      numberOfRelocations: 0,
      numberOfLineNumbers: 0,
    };
    const sections = Array.from({ length: 5000 }, () => ({ ...section, ...zeroes, characteristics: 0 }));
    const diagnostics = new Diagnostics();
    const image: PEImage = Object.create(PEImage.prototype, {
      bytes: { value: bytes },
      sections: { value: sections },
      diagnostics: { value: diagnostics },
    });
    const search = findMatches('A', ['string'])({ image, metadata: undefined });
    // 4 times the file and 4 MiB: 132 sections, each of two longest texts.
    expect([...search]).toHaveLength(132 * 2);
    expect(diagnostics.entries.map(({ code }) => code)).toEqual(['TOO_MUCH_DATA']);
  });

  it('constants: of rows and of instructions, signed or not', () => {
    expect(found('42', 'constant')).toEqual([{ kind: 'constant', text: '42', token: 0x04000001, in: 'Ns.Inner.Widget::Limit' }]);
    expect(found('0x80070002', 'constant')).toMatchObject([{ in: 'Ns.Inner.Widget::Print', ilOffset: 6 }]);
    expect(found('-2147024894', 'constant')).toHaveLength(1);
    expect(found('5', 'constant')).toMatchObject([{ in: 'Ns.Inner.Widget::Sprint' }]);
    expect(found('2.5', 'constant')).toMatchObject([{ text: '2.5' }]);
  });

  it('attributes, with or without the end of their name', () => {
    expect(found('Obsolete*', 'attribute')).toMatchObject([{ in: 'Ns.Inner.Widget', token: 0x02000002 }]);
    expect(texts('Obsolete', 'attribute')[0]).toContain('"no"');
    expect(texts('System.Obsolete', 'attribute')).toHaveLength(1);
  });
});
