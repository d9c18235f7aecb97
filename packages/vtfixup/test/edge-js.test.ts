// The boundary of compiler-made mixed-mode images, whole and damaged.
import { readFileSync } from 'node:fs';
import { boundaryJson, boundaryToDot, importedFunctionText } from '@ijw/vtfixup';
import { describe, expect, test } from 'vitest';
import { edgeFile, openBoundary } from './corpus-files.ts';
import { boundaryOf } from './sample-image.ts';

const files = [
  {
    name: 'x64/24',
    beside: { nep: 56, unep: 16, m2mep: 28 },
    types: { 10: 28, 2: 28 },
    slots: [0x1d000, 0x1d250],
    methods: { all: 325, rva: 100, withImplMap: 95, named: 2 },
    imported: 96,
    entry: 0x879e,
    corDllMain: 0xa158,
    native: 0x6744,
    exported: ['node_register_module_v137', 0x6250],
    callers: { call: 14, address: 1, pointer: 16 },
    startup: { __xi_vt: 0, __xi: 0, __xc: 0, __xc_mp: 4, __xc_ma: 7 },
  },
  {
    name: 'ia32/22',
    beside: { nep: 0, unep: 16, m2mep: 0 },
    types: { 9: 28 },
    slots: [0x1a000, 0x1a0e0],
    methods: { all: 321, rva: 99, withImplMap: 94, named: 2 },
    imported: 94,
    entry: 0x86fd,
    corDllMain: 0x90a4,
    native: 0x6594,
    exported: ['node_register_module_v127', 0x6090],
    callers: { call: 14, address: 1, pointer: 16 },
    startup: { __xi_vt: 0, __xi: 0, __xc: 0, __xc_mp: 4, __xc_ma: 7 },
  },
  {
    name: 'arm64/24',
    beside: { nep: 0, unep: 16, m2mep: 0 },
    types: { 10: 28 },
    slots: [0x1b000, 0x1b158],
    methods: { all: 325, rva: 100, withImplMap: 95, named: 2 },
    imported: 95,
    entry: 0x8d58,
    corDllMain: 0x9118,
    native: 0x6ac8,
    exported: ['node_register_module_v137', 0x64d0],
    callers: { call: 14, address: 1, pointer: 16 },
    startup: { __xi_vt: 0, __xi: 0, __xc: 0, __xc_mp: 4, __xc_ma: 7 },
  },
] as const;

const tally = (values: Iterable<string | number>): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

describe.each(files.map((facts) => [facts.name, facts] as const))('edge-js %s', (name, facts) => {
  const boundary = openBoundary(edgeFile(name));

  test('records of one slot each, every one a pointer of the image', () => {
    expect(tally(boundary.fixups.map(({ type }) => type))).toEqual(
      tally(Object.entries(facts.types).flatMap(([type, count]) => Array(count).fill(type))),
    );
    expect(boundary.fixups.every(({ count }) => count === 1)).toBe(true);
    const rvas = boundary.slots.map(({ rva }) => rva);
    const [first, end] = facts.slots;
    expect(Math.min(...rvas)).toBe(first);
    expect(Math.max(...rvas)).toBeLessThanOrEqual(end);
    expect(boundary.slots.every(({ width, relocated }) => width === boundary.image.pointerSize && !relocated)).toBe(true);
  });

  test('each slot is reached by exactly one stub', () => {
    expect(tally(boundary.nativeToManaged.map(({ stubs }) => stubs.length))).toEqual({ 1: boundary.slots.length });
    expect(new Set(boundary.nativeToManaged.flatMap(({ stubs }) => stubs.map(({ rva }) => rva))).size).toBe(boundary.slots.length);
  });

  test('the entry in .nep beside its jumps, and the fields of <Module> beside their slots', () => {
    const { nativeToManaged, slotFields } = boundary;
    const fields = [...slotFields.values()].flat();
    const kinds = (kind: 'unep' | 'm2mep') => fields.filter((field) => field.kind === kind);
    expect(nativeToManaged.filter(({ nepEntries }) => nepEntries.length === 1)).toHaveLength(facts.beside.nep);
    expect(kinds('unep')).toHaveLength(facts.beside.unep);
    expect(kinds('m2mep')).toHaveLength(facts.beside.m2mep);
    for (const { slot, nepEntries, stubs } of nativeToManaged)
      for (const { rva, nativeJump, managedJump } of nepEntries) {
        expect([nativeJump, managedJump]).toContain(stubs[0]!.rva);
        expect([rva + 10, rva + 4]).toEqual([nativeJump, managedJump]);
        // What native code calls goes through the slot of a record for native callers.
        for (const { kind } of slotFields.get(slot.rva) ?? []) expect(kind).toBe(stubs[0]!.rva === nativeJump ? 'unep' : 'm2mep');
      }
    const json = boundaryJson(boundary);
    const listed = [...json.nativeToManaged].flatMap((entry) => entry.fields ?? []);
    expect(listed).toHaveLength(fields.length);
  });

  test('methods', () => {
    expect(boundary.metadata!.tables.MethodDef.rowCount).toBe(facts.methods.all);
    const rva = boundary.managedToNative.filter(({ kind }) => kind === 'rva');
    expect(rva).toHaveLength(facts.methods.rva);
    expect(rva.filter(({ implMap }) => implMap)).toHaveLength(facts.methods.withImplMap);
    expect(boundary.managedToNative.filter(({ kind }) => kind === 'named')).toHaveLength(facts.methods.named);
    expect(rva.every(({ earlyBound, refusal, convention }) => earlyBound && !refusal && !convention.problem)).toBe(true);
  });

  test('the import behind every body that only jumps', () => {
    const imported = boundary.managedToNative.filter(({ stub }) => stub?.target.kind === 'import');
    expect(imported).toHaveLength(facts.imported);
    const scope = imported.find(({ method }) => method === '<Module>::v8.EscapableHandleScope.{ctor}');
    expect(scope?.stub?.target).toMatchObject({ kind: 'import', function: { module: 'node.exe' } });
    const json = [...boundaryJson(boundary).managedToNative].find(({ token }) => token === scope!.token)!;
    expect(json.target).toMatchObject({
      kind: 'import',
      module: 'node.exe',
      demangled: expect.stringContaining('v8::EscapableHandleScope::EscapableHandleScope'),
    });
  });

  test('conventions and marshalling', () => {
    const printf = boundary.managedToNative.find(({ method }) => method === '<Module>::printf')!;
    expect(printf.convention).toMatchObject({ convention: 'cdecl', source: 'modifier', vararg: true });
    const mapped = boundary.managedToNative.filter(({ kind, implMap }) => kind === 'rva' && implMap);
    expect(mapped.every(({ setLastError, marshallingCauses }) => setLastError && marshallingCauses[0]!.reason === 'setLastError')).toBe(
      true,
    );
    expect(mapped.every(({ convention }) => convention.source === 'implMap')).toBe(true);
    const expected = name.startsWith('ia32') ? { thiscall: 47, cdecl: 44, stdcall: 3 } : { cdecl: 95 };
    expect(tally(mapped.map(({ convention }) => convention.convention))).toEqual(expected);
  });

  test('entry points and the export', () => {
    const { image, native } = boundary.entryPoints;
    expect(image).toMatchObject({ rva: facts.entry, target: { kind: 'import', function: { iatRva: facts.corDllMain } } });
    expect(image!.target.kind === 'import' && importedFunctionText(image!.target.function)).toBe('mscoree.dll!_CorDllMain');
    expect(native).toEqual({ rva: facts.native, hops: [], target: { kind: 'body', rva: facts.native } });
    const [exported, ...others] = boundary.exports;
    expect([exported!.name, exported!.rva, exported!.stub!.target.kind, others]).toEqual([...facts.exported, 'body', []]);
  });

  test('native code that comes to the stubs', () => {
    expect(tally(boundary.nativeCallers.map(({ kind }) => kind))).toEqual(facts.callers);
  });

  test('C++/CLI data', () => {
    const { fields, startupLists, sizedTypes } = boundary.cppCliData!;
    expect(Object.fromEntries(startupLists.map((list) => [list.name, list.entries.length]))).toEqual(facts.startup);
    const managed = startupLists.flatMap(({ entries }) => entries);
    expect(managed.every((entry) => entry.kind === 'token' && entry.method?.includes('??__E'))).toBe(true);
    const kinds = tally(fields.map(({ value }) => value.kind));
    expect(kinds).toMatchObject({ nativeEntry: 16, initializer: 11, tableEnd: 10, guid: 4 });
    expect(kinds.managedEntry).toBe(name.startsWith('x64') ? 28 : undefined);
    expect(fields.filter(({ zeroFilled }) => zeroFilled)).toHaveLength(21);
    expect(fields.every(({ size }) => size !== undefined)).toBe(true);
    const strings = fields.flatMap(({ value }) => (value.kind === 'string' ? [value.text] : []));
    expect(strings).toContain('len <= INT_MAX');
    const guid = fields.find(({ name: field }) => field.endsWith('_GUID_cb2f6723_ab3a_11d2_9c40_00c04fa30a3e'));
    expect(guid!.value).toEqual({ kind: 'guid', guid: 'cb2f6723-ab3a-11d2-9c40-00c04fa30a3e' });
    expect(sizedTypes.find(({ name: type }) => type === '$ArrayType$$$BY0BF@$$CBD')).toMatchObject({ size: 0x15, isArray: true });
  });

  test('an entry of native code is a stub where the function is managed', () => {
    const targets = boundary.cppCliData!.fields.flatMap(({ value }) =>
      value.kind === 'nativeEntry' ? [boundary.stubAt(value.target)!.target.kind] : [],
    );
    expect(tally(targets)).toEqual({ slot: 16 });
  });

  test('one list of crossings', () => {
    const directions = tally(boundary.crossings.map(({ direction }) => direction));
    expect(directions).toEqual({ managedToNative: facts.methods.rva + facts.methods.named, nativeToManaged: boundary.slots.length });
    expect(boundary.crossings.every(({ method, signature, convention }) => method && signature && convention)).toBe(true);
  });

  test('nothing is wrong with the file', () => {
    expect(boundary.diagnostics.entries).toEqual([]);
  });

  test('the graph names managed methods, native code and imported functions', () => {
    const dot = boundaryToDot(boundary);
    expect(dot.startsWith('digraph boundary {')).toBe(true);
    expect(dot).toContain('label="node.exe"');
    expect(dot.match(/ -> /g)).toHaveLength(facts.methods.rva + facts.methods.named + boundary.slots.length);
    expect((dot.match(/"/g) ?? []).length % 2).toBe(0);
  });
});

describe('a file damaged anywhere', () => {
  const originals = files.map(({ name }) => readFileSync(edgeFile(name)));
  const file = originals[0]!;

  /** A sequence of numbers below 2^32 from a seed (xorshift). */
  function* numbers(seed: number): Generator<number, never> {
    for (let state = seed; ; ) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      yield state >>> 0;
    }
  }

  test.each(Array.from({ length: 36 }, (_, index) => index + 1))('seed %d: nothing but BadImageError escapes', (seed) => {
    const random = numbers(seed * 0x9e3779b1);
    const damaged = Uint8Array.from(originals[seed % originals.length]!);
    for (let count = 0; count < 40; count++) damaged[random.next().value % damaged.length] = random.next().value & 0xff;
    for (let count = 0; count < 5; count++) damaged[random.next().value % 0x400] = random.next().value & 0xff;
    expect(outcomeOf(damaged)).toMatch(/^(read|BadImageError)$/);
  });

  test.each([0, 1, 64, 0x200, 0x400, 0x1000, 0x8000, 0x10000, 0x18000, 0x1a000])('cut after %d bytes', (length) => {
    expect(outcomeOf(file.subarray(0, length))).toMatch(/^(read|BadImageError)$/);
  });
});

function outcomeOf(bytes: Uint8Array): string {
  try {
    const boundary = boundaryOf(bytes);
    JSON.stringify(boundaryJson(boundary));
    boundaryToDot(boundary);
    return 'read';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
