// The boundary of the corpus against recorded facts (skipped without ../shared).
import { methodSignatureOf } from '@ijw/metadata';
import { type Boundary, importedFunctionText, type Stub } from '@ijw/vtfixup';
import { describe, expect, test } from 'vitest';
import { corpusDirectory, type ManifestFile, manifestFiles, openBoundary } from './corpus-files.ts';

const boundaries = new Map<string, Boundary>();

function boundaryOf({ file }: ManifestFile): Boundary {
  const boundary = boundaries.get(file) ?? openBoundary(corpusDirectory + file);
  boundaries.set(file, boundary);
  return boundary;
}

const hexadecimal = (value: number): string => `0x${value.toString(16)}`;
const hops = (stub: Stub): readonly string[] => stub.hops.map(({ text }) => text);

/** Which of the names' endings a count is of. */
function histogram(names: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function symbol(stub: Stub): string | undefined {
  if (stub.target.kind !== 'import') return undefined;
  const { module, name, ordinal, delayed } = stub.target.function;
  return `${module}${delayed ? '(delay)' : ''}!${name ?? `#${ordinal}`}`;
}

const mixed = manifestFiles.filter(({ vtfixups }) => (vtfixups?.records ?? 0) > 0);

describe.skipIf(manifestFiles.length === 0)('mixed files of ../shared/corpus as measured', () => {
  test('the corpus has seventeen of them', () => {
    expect(mixed).toHaveLength(17);
  });

  describe.each(mixed.map((facts) => [facts.file, facts] as const))('%s', (_, facts) => {
    test('records, slots, tokens, methods and stubs', () => {
      const entries = boundaryOf(facts).fixupEntries.map(({ fixup, entries: slots }) => ({
        rva: hexadecimal(fixup.rva),
        count: fixup.count,
        type: hexadecimal(fixup.type),
        tokens: slots.map(({ token }) => hexadecimal(token)),
        methods: slots.map(({ method }) => method),
        stubs: slots.map(({ stubs }) => stubs.map(({ rva }) => `${hexadecimal(rva)} ${boundaryOf(facts).image.sectionAt(rva)?.name}`)),
      }));
      expect(entries).toEqual(facts.vtfixups!.list!.map(({ convs, ...rest }) => rest));
    });

    test('each slot is reached by exactly one stub', () => {
      const counts = boundaryOf(facts).nativeToManaged.map(({ stubs }) => stubs.length);
      expect(counts).toHaveLength(facts.vtfixups!.slots);
      expect(counts.filter((count) => count === 1)).toHaveLength(facts.vtfixups!.slotsWithJmpStub!);
      expect(boundaryOf(facts).nativeToManaged.flatMap(({ calls }) => calls)).toHaveLength(facts.vtfixups!.slotsWithCallMem!);
    });

    test('native methods: tokens, names, addresses', () => {
      const natives = boundaryOf(facts).managedToNative.filter(({ kind }) => kind === 'rva');
      expect(natives.map(({ token, method, rva }) => [hexadecimal(token), method, hexadecimal(rva)])).toEqual(facts.rvaPInvoke!.list);
      expect(histogram(natives.map(({ flags, implFlags }) => `impl=${hexadecimal(implFlags)} attr=${hexadecimal(flags)}`))).toEqual(
        facts.rvaPInvoke!.flags,
      );
      expect(natives.filter(({ implMap }) => implMap === undefined).map(({ token }) => hexadecimal(token))).toEqual(
        facts.rvaPInvoke!.withoutImplMapList.map(([token]) => token),
      );
    });

    test('native methods: the import behind each', () => {
      const natives = boundaryOf(facts).managedToNative.filter(({ kind }) => kind === 'rva');
      const imported = natives.flatMap(({ token, method, rva, stub }) =>
        stub && symbol(stub) ? [[hexadecimal(token), method, hexadecimal(rva), symbol(stub)]] : [],
      );
      expect(imported).toEqual(facts.rvaPInvoke!.jmpIat.map((row) => row.slice(0, 4)));
      expect(histogram(natives.map(({ stub }) => (stub!.target.kind === 'import' ? `iat via ${stub!.hops.length} hop` : 'code')))).toEqual(
        facts.rvaPInvoke!.decode,
      );
    });

    test('imports that no native method leads to', () => {
      const reached = new Set(
        boundaryOf(facts).managedToNative.flatMap(({ stub }) =>
          stub?.target.kind === 'import' ? [importedFunctionText(stub.target.function)] : [],
        ),
      );
      const unreached = Object.fromEntries(
        Object.entries({ ...facts.imports, ...facts.delayImports }).map(([module, names]) => [
          module,
          names.filter((name) => !reached.has(`${module}!${name}`)),
        ]),
      );
      expect(unreached).toEqual(facts.importsNotReachedByRvaPInvoke);
    });

    test('ImplMap rows', () => {
      const maps = boundaryOf(facts).managedToNative.flatMap(({ implMap }) => implMap ?? []);
      expect(maps).toHaveLength(facts.implMap!.rows);
      expect(histogram(maps.map(({ module }) => module))).toEqual(facts.implMap!.modules);
    });

    test('entry points', () => {
      const { image, native } = boundaryOf(facts).entryPoints;
      expect({ hops: hops(image!), target: symbol(image!) }).toEqual({
        hops: facts.peEntryDecode!.hops,
        target: facts.peEntryDecode!.target,
      });
      const { target } = native!;
      expect(target.kind === 'body' && hexadecimal(target.rva)).toBe(facts.cliEntryDecode!.target);
    });

    test('exports', () => {
      const found = boundaryOf(facts).exports.map(({ name, ordinal, rva, stub }) => ({
        ordinal,
        ...(name !== undefined && { name }),
        rva: hexadecimal(rva),
        hops: stub ? hops(stub) : [],
        import: stub && symbol(stub),
      }));
      const wanted = facts.exports!.map(({ ordinal, name, rva, hops: jumps, import: target }) => ({
        ordinal,
        name,
        rva,
        hops: jumps,
        import: target,
      }));
      expect(found).toEqual(wanted);
      expect(boundaryOf(facts).exports.filter(({ stub }) => stub?.target.kind === 'slot')).toHaveLength(facts.exportsViaSlot!);
    });

    test('native code and pointers that come to the stubs', () => {
      const callers = boundaryOf(facts).nativeCallers;
      const scanned = facts.vtfixups!['nativeRefsToStubs(scan)']!;
      const named = { call: ['call rel32->stub', 'bl->stub'], jump: ['jmp rel32->stub'] } as const;
      const instructions = callers.filter(({ kind }) => kind === 'call' || kind === 'jump').map(({ kind }) => kind);
      const expected = Object.entries(named).flatMap(([kind, keys]) => keys.flatMap((key) => Array<string>(scanned[key] ?? 0).fill(kind)));
      expect(histogram(instructions)).toEqual(histogram(expected));
      const relocated = facts.vtfixups!.relocRefs!['reloc->stub'];
      const isArm64 = facts.machine === 'arm64';
      const pointers = callers.filter(({ kind }) => kind === 'pointer' || (kind === 'address' && !isArm64));
      if (relocated !== undefined) expect(pointers).toHaveLength(relocated);
    });

    test('calling conventions of slots', () => {
      const boundary = boundaryOf(facts);
      const named = boundary.nativeToManaged.map(({ token, convention, slot }) => {
        const header = methodSignatureOf(boundary.metadata!, token as never).header & 0xf;
        const modifier =
          convention!.source === 'modifier'
            ? ` modopt CallConv${convention!.convention[0]!.toUpperCase()}${convention!.convention.slice(1)}`
            : '';
        return `${header === 5 ? 'vararg' : 'default'}${modifier} type=${hexadecimal(slot.fixup.type)}`;
      });
      expect(histogram(named)).toEqual(facts.vtfixups!.slotConvs);
    });
  });
});

describe.skipIf(manifestFiles.length === 0)('other files of ../shared/corpus as measured', () => {
  const managed = manifestFiles.filter(({ methods, vtfixups }) => methods !== undefined && vtfixups?.records === 0);

  test.each(managed.map((facts) => [facts.file, facts] as const))('%s', (_, facts) => {
    const boundary = boundaryOf(facts);
    const counts = histogram(boundary.managedToNative.map(({ kind }) => kind));
    expect(counts.named ?? 0).toBe(facts.methods!['named PInvoke'] ?? 0);
    expect(counts.internalCall ?? 0).toBe(facts.methods!.InternalCall ?? 0);
    expect(counts.rva ?? 0).toBe(0);
    expect(boundary.slots).toEqual([]);
    const callers = boundary.unmanagedCallersOnly;
    expect(callers).toHaveLength(facts.interop!.unmanagedCallersOnly);
    expect(callers.slice(0, 12).map(({ method }) => method.slice(method.indexOf('/') + 1))).toEqual(
      facts.interop!.unmanagedCallersOnlySample,
    );
    const conventions = callers.map(({ convention: { convention, source, memberFunction } }) => {
      if (memberFunction) return 'CallConvMemberFunction';
      return source === 'attribute' ? `CallConv${convention[0]!.toUpperCase()}${convention.slice(1)}` : 'default';
    });
    const named = callers.flatMap(({ entryPoint }) => (entryPoint === undefined ? [] : ['with EntryPoint']));
    expect(histogram([...conventions, ...named])).toEqual(facts.interop!.unmanagedCallersOnlyConvs);
    expect(boundary.diagnostics.entries).toEqual([]);
  });
});
