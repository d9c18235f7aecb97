// What C and C# write for a call that is not the managed signature one to one: LCID, an HRESULT, delegates, values by their address.
import { cStubs, csharpStubs, type NativeBoundary, type NativeCrossing } from '@ijw/interop/stubs';
import type { CallArgument, Conversion, CrossingParameter, NativeDelegate, NativeTree } from '@ijw/marshalling';
import { makeToken, TableId } from '@ijw/metadata';
import { describe, expect, it } from 'vitest';

const INT: NativeTree = { kind: 'scalar', scalar: 'int32' };
const GUID: NativeTree = {
  kind: 'struct',
  struct: { name: 'IJW_GUID', fullName: 'IJW_GUID', explicit: false, packing: 0, classSize: 16, fields: [] },
};
const NONE: Conversion = { kind: 'none' };

const value = (position: number, native: NativeTree, conversion: Conversion = NONE, managed = 'int'): CrossingParameter => ({
  position,
  name: position === 0 ? '' : `p${position}`,
  flags: 0,
  managed,
  native,
  nativeText: '',
  abi: { kind: 'integer', size: 4, signed: true },
  blittable: conversion.kind === 'none',
  conversion,
  because: '',
});

const passed = (of: CrossingParameter): CallArgument => ({ kind: 'parameter', value: of, flow: 'in' });

function boundary(more: Pick<NativeCrossing, 'parameters' | 'arguments'> & Partial<NativeCrossing>): NativeBoundary {
  const crossing: NativeCrossing = {
    kind: 'plan',
    direction: 'managedToNative',
    by: 'named',
    convention: { convention: 'stdcall', source: 'platform', vararg: false, memberFunction: false, suppressGCTransition: false },
    returnValue: value(0, INT),
    result: value(0, INT),
    hresultSwapping: false,
    setLastError: false,
    token: makeToken(TableId.MethodDef, 1),
    method: 'N.Native::Call',
    name: 'Call',
    symbol: 'Call',
    library: 'n.dll',
    alternativeName: undefined,
    imported: undefined,
    exportName: undefined,
    ...more,
  };
  return { module: 'n', pointerSize: 8, crossings: [crossing], refused: [] };
}

const textsOf = (of: NativeBoundary) => ({
  c: cStubs(of)
    .files.map(({ text }) => text)
    .join('\n'),
  cs: csharpStubs(of)
    .files.map(({ text }) => text)
    .join('\n'),
});

describe('a native call', () => {
  it('passes the locale where LCIDConversion says, and the address of the result behind an HRESULT', () => {
    const first = value(1, INT);
    const { c, cs } = textsOf(
      boundary({
        parameters: [first],
        arguments: [passed(first), { kind: 'lcid' }, { kind: 'retval', value: value(0, INT) }],
        hresultSwapping: true,
      }),
    );
    expect(c).toContain('extern int32_t IJW_STDCALL Call(int32_t p1, int32_t lcid, int32_t *result);');
    expect(cs).toContain('int hresult = Call_Native(p1, System.Globalization.CultureInfo.CurrentCulture.LCID, &result);');
    expect(cs).toContain('public static int Call(int p1)');
  });

  it('takes a delegate by its own type, declared as native code calls it', () => {
    const text: CrossingParameter = value(
      1,
      { kind: 'pointer', element: { kind: 'scalar', scalar: 'char16' } },
      { kind: 'text', encoding: 'utf16' },
      'string',
    );
    const delegate: NativeDelegate = { name: 'N_Callback', fullName: 'N.Callback', convention: 'stdcall', values: [value(0, INT), text] };
    const pointer: NativeTree = { kind: 'function', convention: 'stdcall', returnType: INT, parameters: [text.native] };
    const first = value(1, pointer, { kind: 'delegate', delegate }, 'N.Callback');
    const { c, cs } = textsOf(boundary({ parameters: [first], arguments: [passed(first)] }));
    expect(c).toContain('Call(int32_t (IJW_STDCALL *p1)(ijw_char16 *));');
    expect(cs).toContain('public static int Call(N_Callback p1)');
    expect(cs).toContain('(delegate* unmanaged[Stdcall]<ushort*, int>)native0');
    expect(cs).toContain(
      '[UnmanagedFunctionPointer(CallingConvention.StdCall)]\npublic unsafe delegate int N_Callback([MarshalAs(UnmanagedType.LPWStr)] string p1);',
    );
  });

  it('takes a value by value and passes its address where MarshalAs says LPStruct', () => {
    const element = value(1, GUID, NONE, 'System.Guid');
    const first = value(1, { kind: 'pointer', element: GUID }, { kind: 'pointee', element }, 'System.Guid');
    const { c, cs } = textsOf(boundary({ parameters: [first], arguments: [passed(first)] }));
    expect(c).toContain('Call(IJW_GUID *p1);');
    expect(cs).toContain('public static int Call(Guid p1)');
    expect(cs).toContain('Call_Native((IJW_GUID*)&p1)');
  });
});
