// The kind of a method's code, by its row of MethodDef and whether it has a row of ImplMap.
import { describe, expect, it } from 'vitest';
import { type MethodCodeKind, methodCodeKindOf } from '../src/index.ts';

const [PINVOKE, ABSTRACT, STATIC] = [0x2000, 0x400, 0x10];
const [NATIVE, OPTIL, RUNTIME, UNMANAGED, INTERNAL_CALL] = [1, 2, 3, 4, 0x1000];

describe('the kind of a method’s code', () => {
  it.each<[MethodCodeKind, string, number, number, number, boolean]>([
    ['il', 'a body', STATIC, 0, 0x2050, false],
    ['rva', 'a P/Invoke of C++/CLI', STATIC | PINVOKE, NATIVE | UNMANAGED, 0x1000, true],
    ['rva', 'the same without a row of ImplMap', STATIC | PINVOKE, NATIVE | UNMANAGED, 0x1000, false],
    ['rva', 'native code without the mark of a P/Invoke', STATIC, NATIVE | UNMANAGED, 0x1000, false],
    ['rva', 'a P/Invoke whose RVA has IL', STATIC | PINVOKE, 0, 0x2050, true],
    ['named', 'a P/Invoke by name', STATIC | PINVOKE, 0, 0, true],
    ['named', 'the same, marked as an internal call', STATIC | PINVOKE, INTERNAL_CALL, 0, true],
    ['internalCall', 'an internal call', STATIC, INTERNAL_CALL, 0, false],
    ['internalCall', 'an internal call with a body', STATIC, INTERNAL_CALL, 0x2050, false],
    ['internalCall', 'a P/Invoke without RVA and row', STATIC | PINVOKE, 0, 0, false],
    ['runtime', 'a method of a delegate', 0, RUNTIME, 0, false],
    ['abstract', 'a method without a body', ABSTRACT, 0, 0, false],
    ['none', 'nothing at all', STATIC, 0, 0, false],
    ['none', 'optimised IL, which no runtime takes', STATIC, OPTIL, 0x2050, false],
  ])('%s: %s', (kind, _what, flags, implFlags, rva, hasImplMap) => {
    expect(methodCodeKindOf({ flags, implFlags, rva, hasImplMap: () => hasImplMap })).toBe(kind);
  });
});
