// Floating point, identifiers and strings as ilasm reads them.
import { allOpCodes } from '@ijw/il';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float32Text, float64Text } from '../src/text/lexical/float-literal.ts';
import { Identifiers } from '../src/text/lexical/identifier.ts';
import { isQuotable, stringOperand } from '../src/text/lexical/string-literal.ts';

const names = new Identifiers();
const view = new DataView(new ArrayBuffer(8));

describe('identifiers', () => {
  it.each(['a', '_x1', '$tmp', '@at', 'List`1', 'why?', 'Ns1'])('leaves %s alone', (name) => {
    expect(names.simple(name)).toBe(name);
    expect(names.dotted(name)).toBe(name);
  });

  it.each([
    'class',
    'value',
    'il',
    'true',
    'int32',
    'add',
    'ldc',
    '',
    '1a',
    'a b',
    'a-b',
    'a#b',
    '#pragma',
    '#',
    '#x',
    '<x>',
    'naïve',
    '?x',
    '`1',
  ])('quotes "%s"', (name) => {
    expect(names.simple(name)).toBe(`'${name}'`);
  });

  it('quotes every opcode without dots', () => {
    for (const { name } of allOpCodes) if (!name.includes('.')) expect(names.simple(name)).toBe(`'${name}'`);
  });

  it('starts anew after each dot', () => {
    expect(names.dotted('System.Object')).toBe('System.Object');
    expect(names.dotted('My.class.Name')).toBe("My.'class'.Name");
    expect(names.dotted('ldc.i4')).toBe("'ldc'.i4");
    expect(names.dotted('A.1b')).toBe("A.'1b'");
  });

  it('quotes dots that stand alone, at the start or at the end, but not constructors', () => {
    for (const name of ['.', '..', '.x', 'x.', 'a..b']) expect(names.dotted(name)).toBe(`'${name}'`);
    expect(names.dotted('.ctor')).toBe('.ctor');
    expect(names.dotted('.cctor')).toBe('.cctor');
  });

  it('quotes names of one word on any dot', () => {
    expect(names.simple('a.b')).toBe("'a.b'");
  });

  it('escapes quotes, backslashes and controls', () => {
    expect(names.simple("it's")).toBe("'it\\'s'");
    expect(names.simple('a\\b')).toBe("'a\\\\b'");
    expect(names.simple('a\nb\u007f')).toBe("'a\\012b\\177'");
  });

  it('quotes everything where that is wanted', () => {
    const all = new Identifiers({ quoteAll: true });
    expect(all.simple('a')).toBe("'a'");
    expect(all.dotted('a.b')).toBe("'a'.'b'");
    expect(all.dotted('.ctor')).toBe("'.ctor'");
  });
});

/** What ilasm's scanner makes of the text between quotes. */
const unquoted = (text: string): string => {
  const escapes: Readonly<Record<string, string>> = {
    t: '\t',
    n: '\n',
    b: '\b',
    f: '\f',
    v: '\v',
    r: '\r',
    a: '\x07',
    '?': '?',
    '\\': '\\',
    '"': '"',
  };
  return text.slice(1, -1).replaceAll(/\\(.)/gs, (_, letter: string) => escapes[letter]!);
};

const bytesOf = (text: string): string =>
  String.fromCharCode(
    ...Array.from(text.matchAll(/([0-9A-F]{2}) ([0-9A-F]{2})/g), ([, low, high]) => Number.parseInt(`${high}${low}`, 16)),
  );

describe('strings', () => {
  it('escapes what has an escape', () => {
    expect(stringOperand('a\t\n\b\f\v\r\u0007?\\"\'')).toBe('"a\\t\\n\\b\\f\\v\\r\\a\\?\\\\\\"\'"');
  });

  it.each(['\0', '\x01', '\x7f', '\x85', '\ud800', '\udc00x', '\ud800\ud800', '\u2028', '\ufeff', '\uffff'])(
    'gives the bytes of %j',
    (text) => {
      expect(stringOperand(text)).toMatch(/^bytearray \(([0-9A-F]{2}( |\)))+$/);
    },
  );

  it('keeps every string', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }), (text) => {
        const operand = stringOperand(text);
        expect(operand.startsWith('"')).toBe(isQuotable(text));
        expect(operand.startsWith('"') ? unquoted(operand) : bytesOf(operand)).toBe(text);
        expect(operand).not.toMatch(/[\n\r\0]/);
      }),
    );
  });
});

describe('floating point', () => {
  it('is decimal with a point where that gives the same bits', () => {
    expect(float64Text(0, 0)).toBe('0.0');
    expect(float64Text(0, 0x3ff00000)).toBe('1.0');
    expect(float32Text(0x3dcccccd)).toBe('0.1');
    expect(float32Text(0x42f60000)).toBe('123.0');
  });

  it('is bits where it would not', () => {
    for (const high of [0x80000000, 0x7ff00000, 0xfff00000, 0x7ff80000]) expect(float64Text(0, high)).toBeUndefined();
    for (const bits of [0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 1]) expect(float32Text(bits)).toBeUndefined();
  });

  it('parses back bit for bit: doubles', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.double({ min: -1e6, max: 1e6 })), (value) => {
        view.setFloat64(0, value, true);
        const low = view.getUint32(0, true);
        const high = view.getUint32(4, true);
        const text = float64Text(low, high);
        if (text === undefined) return;
        expect(text).toMatch(/^-?\d+\.\d+$/);
        view.setFloat64(0, Number(text), true);
        expect([view.getUint32(0, true), view.getUint32(4, true)]).toEqual([low, high]);
      }),
    );
  });

  it('parses back bit for bit: singles', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.nat(0xffffffff),
          fc.float({ min: -1e6, max: 1e6 }).map((value) => new Uint32Array(Float32Array.of(value).buffer)[0]!),
        ),
        (bits) => {
          const text = float32Text(bits);
          if (text === undefined) return;
          expect(text).toMatch(/^-?\d+\.\d+$/);
          view.setFloat32(0, Number(text), true);
          expect(view.getUint32(0, true)).toBe(bits);
        },
      ),
    );
  });
});
