// The tree that a name is parsed into.
import { describe, expect, it } from 'vitest';
import { type DecoratedSymbol, DemangleError, parseDecorated } from '../src/index.ts';

const identifier = (text: string) => ({ kind: 'identifier', text });
const primitive = (name: string) => ({ kind: 'primitive', name });

describe('the tree', () => {
  it('of a member function has access, scopes, parameters and the qualifiers of this', () => {
    expect(parseDecorated('?find@List@ns@@UEBAPEAVNode@2@PEBXH@Z')).toMatchObject({
      kind: 'function',
      access: 'public',
      virtual: true,
      static: false,
      name: { scopes: [identifier('ns'), identifier('List')], name: identifier('find') },
      type: {
        convention: '__cdecl',
        qualifiers: { const: true, pointer64: true },
        returns: { kind: 'pointer', symbol: '*', target: { kind: 'tag', tag: 'class', name: { scopes: [identifier('ns')] } } },
        parameters: [{ kind: 'pointer', target: { name: 'void', qualifiers: { const: true } } }, primitive('int')],
      },
    });
  });

  it('of a variable has its type and what follows it', () => {
    expect(parseDecorated('?x@C@@2PEBHEB')).toMatchObject({
      kind: 'variable',
      access: 'public',
      type: { kind: 'pointer', qualifiers: { pointer64: true }, target: { name: 'int', qualifiers: { const: true } } },
      storage: { const: true, pointer64: true },
    });
  });

  it('of a template has its arguments by kind', () => {
    expect(parseDecorated('??$f@H$0?1$1?x@@3HA$F7A@@@YAXXZ')).toMatchObject({
      name: {
        name: {
          kind: 'template',
          base: identifier('f'),
          arguments: [
            { kind: 'type', type: primitive('int') },
            { kind: 'integer', value: -2n },
            { kind: 'symbol', reference: false, symbol: { kind: 'variable' } },
            { kind: 'offsets', offsets: [8n, 0n] },
          ],
        },
      },
    });
  });

  it('of C++/CLI has handles, arrays and the mark of IL functions', () => {
    const tree = parseDecorated('?f@@$$FYMXPE$AAVString@System@@P$02EAHAE$AAH@Z') as Extract<DecoratedSymbol, { kind: 'function' }>;
    expect(tree.managed).toBe('F');
    expect(tree.type?.parameters).toMatchObject([
      { kind: 'pointer', symbol: '^', target: { kind: 'tag' } },
      { kind: 'managedArray', rank: 2, element: primitive('int') },
      { kind: 'pointer', symbol: '%', target: primitive('int') },
    ]);
  });

  it('of a boxed value says so', () => {
    expect(parseDecorated('?f@@$$FYMPE$AA__ZVGCHandle@@XZ')).toMatchObject({ type: { returns: { symbol: '^', target: { boxed: true } } } });
  });

  it('of a thunk has its offsets with their signs', () => {
    expect(parseDecorated('?f@A@@$R4BA@M@PPPPPPPM@7EAAXXZ')).toMatchObject({
      thunk: { kind: 'vtordispex', vbptr: 16, vboffset: 12, vtordisp: -4, offset: 8 },
    });
  });

  it('of a string literal has its code units', () => {
    expect(parseDecorated('??_C@_15LNHBJLCH@?$AAh?$AAi?$AA?$AA@')).toEqual({
      kind: 'stringLiteral',
      encoding: 'wchar_t',
      units: [104, 105],
      truncated: false,
      byteLength: 6,
      checksum: 'LNHBJLCH',
    });
  });

  it.each([
    ['_f@8', 'f', '__stdcall', 8],
    ['@f@8', 'f', '__fastcall', 8],
    ['f@@16', 'f', '__vectorcall', 16],
  ])('of %s has convention and bytes', (decorated, name, convention, argumentBytes) => {
    expect(parseDecorated(decorated)).toEqual({ kind: 'cFunction', decorated, name, convention, argumentBytes });
  });

  it('shares what back references repeat', () => {
    const tree = parseDecorated('?f@@YAXUS@@0@Z') as Extract<DecoratedSymbol, { kind: 'function' }>;
    expect(tree.type?.parameters[1]).toBe(tree.type?.parameters[0]);
  });

  it('of a name that breaks the grammar is an error with its position', () => {
    expect(() => parseDecorated('?f@@YAXa@Z')).toThrow(DemangleError);
    expect(() => parseDecorated('?f@@YAXa@Z')).toThrow('Unknown type code "a"');
  });
});
