// Blobs of portable PDBs: documents, sequence points, imports, constants, custom information.
import { ByteReader, hexBytes } from '@ijw/binary';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type CustomDebugInformation,
  readCustomDebugInformation,
  writeCustomDebugInformation,
} from '../src/pdb/custom-debug-information.ts';
import { CustomDebugInformationKind } from '../src/pdb/custom-debug-information-kind.ts';
import { readDocumentName, writeDocumentName } from '../src/pdb/document-name.ts';
import { type ImportKind, importKinds } from '../src/pdb/import-kind.ts';
import { type Import, readImports, writeImports } from '../src/pdb/imports.ts';
import { type LocalConstantSignature, readLocalConstantSignature, writeLocalConstantSignature } from '../src/pdb/local-constant.ts';
import { readSequencePoints, type SequencePoint, type SequencePoints, writeSequencePoints } from '../src/pdb/sequence-points.ts';
import { endsWell, hostile } from './hostile-blobs.ts';

const reader = (bytes: ArrayLike<number>) => new ByteReader(Uint8Array.from(bytes));

/** Texts by index, as a blob heap would keep them. */
function texts() {
  const list = [''];
  return { get: (index: number) => list[index] ?? '', add: (text: string) => list.push(text) - 1 };
}

const point = fc.record({
  delta: fc.integer({ min: 1, max: 0x4000 }),
  document: fc.integer({ min: 1, max: 3 }),
  hidden: fc.boolean(),
  startLine: fc.nat(0x1fffff),
  startColumn: fc.nat(0x7fff),
  lines: fc.nat(0x3fff),
  columns: fc.integer({ min: 1, max: 0x7fff }),
});

const pointLists: fc.Arbitrary<SequencePoints> = fc.record({
  localSignature: fc.nat(0xffffff),
  points: fc.array(point, { maxLength: 12 }).map((list) => {
    let offset = -1;
    return list.map((one): SequencePoint => {
      offset += one.delta;
      const at = { offset, document: one.document };
      if (one.hidden) return { kind: 'hidden', ...at };
      const { startLine, startColumn, lines, columns } = one;
      return { kind: 'visible', ...at, startLine, startColumn, endLine: startLine + lines, endColumn: startColumn + columns };
    });
  }),
});

describe('sequence points', () => {
  const blob = (points: SequencePoints) => writeSequencePoints(points, 0);

  test('reading what was written gives the points back', () => {
    fc.assert(
      fc.property(pointLists, fc.boolean(), (list, severalDocuments) => {
        const document = severalDocuments ? 0 : (list.points[0]?.document ?? 1);
        expect(readSequencePoints(reader(writeSequencePoints(list, document)), document)).toEqual(list);
      }),
    );
  });

  test('only BadImageError escapes', () => {
    fc.assert(
      fc.property(hostile(pointLists.map(blob)), fc.nat(1), (bytes, document) =>
        endsWell(() => readSequencePoints(reader(bytes), document)),
      ),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('reads hidden points and the change of document', () => {
    // No locals; offset 0: lines 10..10, columns 5..9; offset 2 hidden; document 2; offset 4: line 8, columns 1..3.
    const bytes = [0, 0, 0, 4, 10, 5, 2, 0, 0, 0, 2, 2, 0, 2, 0x7d, 0x79];
    expect(readSequencePoints(reader(bytes), 1).points).toEqual([
      { kind: 'visible', offset: 0, document: 1, startLine: 10, startColumn: 5, endLine: 10, endColumn: 9 },
      { kind: 'hidden', offset: 2, document: 1 },
      { kind: 'visible', offset: 4, document: 2, startLine: 8, startColumn: 1, endLine: 8, endColumn: 3 },
    ]);
  });
});

describe('document names', () => {
  test('reading what was written gives the name back', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '/', '\\', 'é') }), fc.constantFrom('/', '\\', '→', ''), (name, separator) => {
        const parts = texts();
        expect(readDocumentName(reader(writeDocumentName(name, separator, parts)), parts)).toBe(name);
      }),
    );
  });

  it('refuses a name that repeats one part without end', () => {
    const parts = { get: () => 'a'.repeat(1000) };
    expect(() => readDocumentName(reader([0x2f, ...Array(1000).fill(1)]), parts)).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_NAME_TOO_LONG' }),
    );
  });
});

describe('imports', () => {
  const imports = fc.array(
    fc
      .record({
        kind: fc.constantFrom(...(Object.keys(importKinds) as ImportKind[])),
        alias: fc.string(),
        namespace: fc.string(),
        assembly: fc.nat(0xffff),
        type: fc.nat(0xffff),
      })
      .map((all): Import => {
        const fields: readonly string[] = importKinds[all.kind].fields;
        return Object.fromEntries(Object.entries(all).filter(([key]) => key === 'kind' || fields.includes(key))) as unknown as Import;
      }),
    { maxLength: 6 },
  );

  test('reading what was written gives the imports back', () => {
    fc.assert(
      fc.property(imports, (list) => {
        const strings = texts();
        expect(readImports(reader(writeImports(list, strings)), strings)).toEqual(list);
      }),
    );
  });

  test('only BadImageError escapes', () => {
    fc.assert(
      fc.property(hostile(imports.map((list) => writeImports(list, texts()))), (bytes) =>
        endsWell(() => readImports(reader(bytes), texts())),
      ),
      { seed: 1, numRuns: 1000 },
    );
  });
});

describe('local constants', () => {
  const modifiers = fc.array(fc.record({ required: fc.boolean(), type: fc.nat(0xffff) }), { maxLength: 2 });
  const signatures: fc.Arbitrary<LocalConstantSignature> = fc.oneof(
    fc.record({ modifiers, kind: fc.constant('object' as const) }),
    fc.record({
      modifiers,
      kind: fc.constant('primitive' as const),
      value: fc.record({ type: fc.constant('i4' as const), value: fc.integer() }),
    }),
    fc.record({
      modifiers,
      kind: fc.constant('primitive' as const),
      value: fc.record({ type: fc.constant('string' as const), value: fc.option(fc.string(), { nil: null }) }) as fc.Arbitrary<
        { type: 'string'; value: string } | { type: 'string'; value: null }
      >,
    }),
    fc.record({
      modifiers,
      kind: fc.constant('enum' as const),
      value: fc.record({ type: fc.constant('u1' as const), value: fc.nat(255) }),
      type: fc.nat(0xffff),
    }),
    fc.record({
      modifiers,
      kind: fc.constant('general' as const),
      typeKind: fc.constantFrom('class' as const, 'valueType' as const),
      type: fc.nat(0xffff),
      value: fc.uint8Array({ maxLength: 13 }),
    }),
  );

  test('reading what was written gives the signature back', () => {
    fc.assert(
      fc.property(signatures, (signature) => {
        expect(readLocalConstantSignature(reader(writeLocalConstantSignature(signature)))).toEqual(signature);
      }),
    );
  });

  test('only BadImageError escapes', () => {
    fc.assert(
      fc.property(hostile(signatures.map(writeLocalConstantSignature)), (bytes) =>
        endsWell(() => readLocalConstantSignature(reader(bytes))),
      ),
      { seed: 1, numRuns: 1000 },
    );
  });
});

describe('custom debug information', () => {
  const u32 = fc.nat(0xffffffff);
  const line = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '{') });
  const data = fc.uint8Array({ maxLength: 10 });
  const information: fc.Arbitrary<CustomDebugInformation> = fc.oneof(
    fc.record({
      kind: fc.constant('stateMachineHoistedLocalScopes' as const),
      scopes: fc.array(fc.record({ offset: u32, length: u32 }), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('dynamicLocalVariables' as const),
      flags: fc.array(fc.boolean(), { maxLength: 24 }).map((flags) => flags.slice(0, flags.length & ~7)),
    }),
    fc.record({ kind: fc.constant('sourceLink' as const), text: line }),
    fc.record({ kind: fc.constant('defaultNamespace' as const), text: line }),
    fc.record({
      kind: fc.constant('embeddedSource' as const),
      deflated: fc.option(fc.integer({ min: 1, max: 0x7fffffff }), { nil: undefined }),
      content: data,
    }),
    fc.record({
      kind: fc.constant('compilationMetadataReferences' as const),
      references: fc.array(
        fc.record({
          name: line,
          externAliases: line,
          isAssembly: fc.boolean(),
          embedInteropTypes: fc.boolean(),
          timeDateStamp: u32,
          sizeOfImage: u32,
          mvid: fc.uuid(),
        }),
        { maxLength: 2 },
      ),
    }),
    fc.record({ kind: fc.constant('compilationOptions' as const), options: fc.array(fc.tuple(line, line), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('tupleElementNames' as const), names: fc.array(line, { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('typeDefinitionDocuments' as const), documents: fc.array(fc.nat(0xffffff), { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('asyncMethodStepping' as const),
      catchHandlerOffset: fc.option(fc.nat(0xfffffffe), { nil: undefined }),
      awaits: fc.array(fc.record({ yieldOffset: u32, resumeOffset: u32, resumeMethod: fc.nat(0xffffff) }), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constantFrom('encLocalSlotMap' as const, 'primaryConstructor' as const), data }),
    fc.record({ kind: fc.constant('unknown' as const), guid: fc.constant('00000000-0000-0000-0000-000000000001'), data }),
  );
  const guidOf = (value: CustomDebugInformation) => (value.kind === 'unknown' ? value.guid : CustomDebugInformationKind[value.kind]);

  test('reading what was written gives the information back', () => {
    fc.assert(
      fc.property(information, (value) => {
        expect(readCustomDebugInformation(guidOf(value), writeCustomDebugInformation(value))).toEqual(value);
      }),
    );
  });

  test('only BadImageError escapes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(CustomDebugInformationKind)),
        hostile(information.map(writeCustomDebugInformation)),
        (guid, bytes) => endsWell(() => readCustomDebugInformation(guid, bytes)),
      ),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('says that a handler at 0 is one', () => {
    const bytes = writeCustomDebugInformation({ kind: 'asyncMethodStepping', catchHandlerOffset: 0, awaits: [] });
    expect(hexBytes(bytes)).toBe('01000000');
  });
});
