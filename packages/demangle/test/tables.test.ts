// Every row of the tables: codes, operators, types.
import { describe, expect, it } from 'vitest';
import { demangle } from '../src/index.ts';
import { specialNames } from '../src/special-names.ts';
import { functionCode, thunkAccess, variableAccess } from '../src/symbol-codes.ts';
import { callingConventions, enumTypes, primitiveTypes, storageCodes } from '../src/type-codes.ts';

describe('every row of the tables', () => {
  it.each(Object.entries(specialNames))('special name ?%s', (code, { undname, llvm }) => {
    if (/^_[789AP]$|^_S$|^_R/.test(code)) return;
    expect(demangle(`??${code}A@@QEAAXXZ`, { style: 'undname' }).text).toBe(`public: void __cdecl A::${undname}(void) __ptr64`);
    expect(demangle(`??${code}A@@QEAAXXZ`).text).toBe(`public: void __cdecl A::${llvm ?? undname}(void)`);
  });

  it.each([
    ['??_7A@@6B@', "const A::`vftable'"],
    ['??_8A@@7B@', "const A::`vbtable'"],
    ['??_SA@@6B@', "const A::`local vftable'"],
    ['??_R2A@@8', "A::`RTTI Base Class Array'"],
    ['??_R3A@@8', "A::`RTTI Class Hierarchy Descriptor'"],
    ['??_R4A@@6B@', "const A::`RTTI Complete Object Locator'"],
    ['??_9A@@$BBA@AA', "[thunk]: __cdecl A::`vcall'{16,{flat}}' }'"],
    ['??_AA@@3HA', "int A::`typeof'"],
    ['??_P?0A@@QEAAXXZ', "public: void __cdecl A::`udt returning'(void) __ptr64"],
  ])('special name in %s', (decorated, text) => {
    expect(demangle(decorated, { style: 'undname' })).toMatchObject({ ok: true, text });
  });

  it.each(Object.entries(primitiveTypes))('primitive type %s', (code, name) => {
    expect(demangle(`?x@@3${code}A`).text.replace(')x', ') x')).toBe(`${name} x`);
  });

  it.each(Object.entries(enumTypes))('enumeration W%s', (digit, underlying) => {
    expect(demangle(`?x@@3W${digit}e@@A`).text).toBe(`enum ${underlying === '' ? '' : `${underlying} `}e x`);
  });

  it.each(Object.entries(callingConventions))('calling convention %s', (code, convention) => {
    expect(demangle(`?f@@Y${code}XXZ`).text).toBe(convention === '' ? 'void f(void)' : `void ${convention} f(void)`);
  });

  it.each([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'])('function code %s', (letter) => {
    const code = functionCode(letter);
    const { access, static: isStatic, virtual, adjustor } = code ?? {};
    const offset = adjustor ? '7' : '';
    const storage = access === undefined || isStatic ? '' : 'EAA';
    const words = [adjustor && '[thunk]:', access && `${access}:`, isStatic && 'static', virtual && 'virtual', 'void'].filter(Boolean);
    const text = `${words.join(' ')} __cdecl A::f${adjustor ? "`adjustor{8}'" : ''}(void)`;
    expect(demangle(`?f@A@@${letter}${offset}${storage}${storage === '' ? 'A' : ''}XXZ`).text).toBe(text);
  });

  it('thunks through vtordisp fields have the three accesses', () => {
    expect([...'012345'].map(thunkAccess)).toEqual(['private', 'private', 'protected', 'protected', 'public', 'public']);
    expect(thunkAccess('6')).toBeUndefined();
    expect(Object.keys(variableAccess)).toEqual(['0', '1', '2', '3', '4']);
  });

  it.each(Object.entries(storageCodes).filter(([, code]) => !code.function))('storage code %s of a target', (letter, code) => {
    const decorated = `?f@@YAXP${letter}${code.member ? 'C@@' : ''}${code.based ? '0' : ''}H@Z`;
    const words = ['int', code.const && 'const', code.volatile && 'volatile', code.based && '__based(void)'].filter(Boolean);
    expect(demangle(decorated).text).toBe(`void __cdecl f(${words.join(' ')} ${code.member ? 'C::' : ''}*)`);
  });

  it.each(Object.entries(storageCodes).filter(([, code]) => code.function))('storage code %s of a function', (letter, code) => {
    const decorated = `?f@@YAXP${letter}${code.member ? 'C@@' : ''}${code.member ? 'EA' : ''}${code.based ? '0' : ''}AXXZ@Z`;
    const based = code.based ? ' __based(void)' : '';
    expect(demangle(decorated).text.replace('  ', ' ')).toBe(`void __cdecl f(void (__cdecl${based} ${code.member ? 'C::' : ''}*)(void))`);
  });
});
