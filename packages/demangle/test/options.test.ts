// The flags of UnDecorateSymbolName, and the parts of a text.
import { describe, expect, it } from 'vitest';
import { demangle, optionsOfUndnameFlags, UndnameFlag } from '../src/index.ts';

const member = '?find@List@ns@@UEBAPEAVNode@2@PEBXH@Z';
const full = 'public: virtual class ns::Node * __ptr64 __cdecl ns::List::find(void const * __ptr64,int)const __ptr64';

describe('parts of the text', () => {
  const llvm = 'public: virtual class ns::Node * __cdecl ns::List::find(void const *, int) const';
  it.each([
    ['access', llvm.replace('public: ', '')],
    ['memberKind', llvm.replace('virtual ', '')],
    ['returnType', llvm.replace('class ns::Node * ', '')],
    ['callingConvention', llvm.replace('__cdecl ', '')],
    ['thisQualifiers', llvm.replace(/ const$/, '')],
    ['arguments', llvm.replace(/\(.*\)/, '')],
    ['tagKeywords', llvm.replace('class ', '')],
    ['msKeywords', llvm.replace('__cdecl ', '')],
    ['leadingUnderscores', llvm.replace('__cdecl', 'cdecl')],
  ])('%s can be left out', (part, text) => {
    expect(demangle(member, { parts: { [part]: false } }).text).toBe(text);
  });

  it('variable types and exceptions can be left out', () => {
    expect(demangle('?x@ns@@3PEAHEA', { parts: { variableType: false } }).text).toBe('ns::x');
    expect(demangle('?f@@YAXX_E', { parts: { exceptions: false } }).text).toBe('void __cdecl f(void)');
  });

  it('__ptr64 can be asked for', () => {
    expect(demangle(member, { parts: { pointer64: true } }).text).toBe(
      'public: virtual class ns::Node *__ptr64 __cdecl ns::List::find(void const *__ptr64, int) const __ptr64',
    );
  });

  it('types inside keep what only the function leaves out', () => {
    expect(demangle('?f@@YAXP6AHXZ@Z', { parts: { returnType: false } }).text).toBe('__cdecl f(int (__cdecl *)(void))');
    expect(demangle('?f@@YAP6AHXZXZ', { parts: { returnType: false } }).text).toBe('__cdecl f(void)');
  });

  it('nameOnly leaves the name', () => {
    expect(demangle(member, { nameOnly: true }).text).toBe('ns::List::find');
    expect(demangle('?x@ns@@3HA', { nameOnly: true }).text).toBe('ns::x');
    expect(demangle('??$f@H@ns@@YAXXZ', { nameOnly: true, style: 'undname' }).text).toBe('ns::f<int>');
    expect(demangle('?f@A@@W7EAAXXZ', { nameOnly: true }).text).toBe('A::f');
    expect(demangle('??_7A@@6B@', { nameOnly: true }).text).toBe("A::`vftable'");
  });
});

describe('flags of UnDecorateSymbolName', () => {
  it.each([
    ['complete', 0, full],
    ['noLeadingUnderscores', UndnameFlag.noLeadingUnderscores, full.replaceAll('__', '')],
    ['noMsKeywords', UndnameFlag.noMsKeywords, 'public: virtual class ns::Node * ns::List::find(void const *,int)const '],
    ['noFunctionReturns', UndnameFlag.noFunctionReturns, full.replace('class ns::Node * __ptr64 ', '')],
    ['noAllocationLanguage', UndnameFlag.noAllocationLanguage, full.replace('__cdecl ', '')],
    ['noThisType', UndnameFlag.noThisType, full.replace(/const __ptr64$/, '')],
    ['noAccessSpecifiers', UndnameFlag.noAccessSpecifiers, full.replace('public: ', '')],
    ['noMemberType', UndnameFlag.noMemberType, full.replace('virtual ', '')],
    ['noArguments', UndnameFlag.noArguments, full.replace(/\(.*\)/, '')],
    ['noTagKeywords', UndnameFlag.noTagKeywords, full.replace('class ', '')],
    ['noPointer64', UndnameFlag.noPointer64, 'public: virtual class ns::Node * __cdecl ns::List::find(void const *,int)const '],
    ['nameOnly', UndnameFlag.nameOnly, 'ns::List::find'],
  ])('%s', (_, flags, text) => {
    expect(demangle(member, optionsOfUndnameFlags(flags)).text).toBe(text);
  });

  it('combine', () => {
    const flags = UndnameFlag.noAccessSpecifiers | UndnameFlag.noMemberType | UndnameFlag.noMsKeywords | UndnameFlag.noTagKeywords;
    expect(demangle(member, optionsOfUndnameFlags(flags)).text).toBe('ns::Node * ns::List::find(void const *,int)const ');
  });
});
