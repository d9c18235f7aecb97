// A portable PDB: documents, points, scopes, variables.
import { BadImageError } from '@ijw/binary';
import { Metadata, type MethodDefToken, makeToken, TableId } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import {
  CustomDebugInformationKind,
  PortablePdb,
  writeCustomDebugInformation,
  writeDocumentName,
  writeImports,
  writeLocalConstantSignature,
  writeSequencePoints,
} from '@ijw/metadata/pdb';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { endsWell, mutated } from './hostile-blobs.ts';

const CSHARP = '3f5162f8-07c6-11d3-9053-00c04fa302a1';
const SHA256 = '8829d00f-11b8-4213-878b-770e8597ac16';
const ID = '00112233445566778899aabbccddeeff01020304';

const methods = Array.from({ length: 64 }, (_, table) => (table === TableId.MethodDef ? 3 : 0));
const methodDef = (rid: number): MethodDefToken => makeToken(TableId.MethodDef, rid);

/** Two methods, of which the first is the MoveNext of an async third, in a file with an embedded source. */
function sample(): Uint8Array {
  const builder = new MetadataBuilder();
  const encoder = new TextEncoder();
  const blobs = { add: (text: string) => builder.blobs.add(encoder.encode(text)) };
  const document = builder.add('Document', {
    Name: writeDocumentName('/src/a/Program.cs', '/', blobs),
    HashAlgorithm: SHA256,
    Hash: new Uint8Array(32).fill(7),
    Language: CSHARP,
  });
  const points = writeSequencePoints(
    {
      localSignature: 5,
      points: [
        { kind: 'visible', offset: 0, document: 1, startLine: 3, startColumn: 5, endLine: 4, endColumn: 6 },
        { kind: 'hidden', offset: 7, document: 1 },
      ],
    },
    1,
  );
  builder.add('MethodDebugInformation', { Document: 1, SequencePoints: points });
  builder.add('MethodDebugInformation');
  const imports = builder.add('ImportScope', { Imports: writeImports([{ kind: 'namespace', namespace: 'System' }], blobs) });
  builder.add('LocalScope', { Method: methodDef(1), ImportScope: imports, VariableList: 1, ConstantList: 1, StartOffset: 0, Length: 20 });
  builder.add('LocalScope', { Method: methodDef(1), ImportScope: imports, VariableList: 2, ConstantList: 1, StartOffset: 2, Length: 4 });
  builder.add('LocalVariable', { Index: 0, Name: 'count' });
  builder.add('LocalVariable', { Index: 1, Attributes: 1, Name: 'hidden' });
  builder.add('LocalConstant', {
    Name: 'limit',
    Signature: writeLocalConstantSignature({ modifiers: [], kind: 'primitive', value: { type: 'i4', value: -1 } }),
  });
  builder.add('StateMachineMethod', { MoveNextMethod: methodDef(1), KickoffMethod: methodDef(3) });
  builder.add('CustomDebugInformation', {
    Parent: document,
    Kind: CustomDebugInformationKind.embeddedSource,
    Value: writeCustomDebugInformation({ kind: 'embeddedSource', deflated: undefined, content: encoder.encode('class C;') }),
  });
  return builder.build({ pdb: { id: ID, entryPoint: methodDef(3), typeSystemRowCounts: methods } });
}

describe('a portable PDB', () => {
  const pdb = PortablePdb.parse(sample())!;

  it('has an id and an entry point', () => {
    expect([pdb.id, pdb.entryPoint]).toEqual([ID, 0x06000003]);
  });

  it('names its documents', () => {
    expect([...pdb.documents()]).toEqual([
      { rid: 1, name: '/src/a/Program.cs', hashAlgorithm: SHA256, hash: new Uint8Array(32).fill(7), language: CSHARP },
    ]);
  });

  it('tells the points, scopes and imports of a method', () => {
    expect(pdb.sequencePoints(1)).toMatchObject({ localSignature: 5, points: [{ startLine: 3 }, { kind: 'hidden', offset: 7 }] });
    expect(pdb.sequencePoints(2)).toBeUndefined();
    expect(pdb.sequencePoints(3)).toBeUndefined();
    const scopes = pdb.localScopes(1);
    expect(scopes.map(({ startOffset, variables }) => [startOffset, variables.map(({ name }) => name)])).toEqual([
      [0, ['count']],
      [2, ['hidden']],
    ]);
    expect(scopes[1]!.constants).toMatchObject([{ name: 'limit', signature: { value: { value: -1 } } }]);
    expect(pdb.localScopes(2)).toEqual([]);
    expect(pdb.importScope(scopes[0]!.importScope)).toEqual({ rid: 1, parent: 0, imports: [{ kind: 'namespace', namespace: 'System' }] });
  });

  it('leads from a state machine to its method and back', () => {
    expect(pdb.kickoffMethod(methodDef(1))).toBe(0x06000003);
    expect(pdb.moveNextMethod(methodDef(3))).toBe(0x06000001);
    expect(pdb.kickoffMethod(methodDef(2))).toBeUndefined();
  });

  it('gives the embedded source', () => {
    const source = pdb.embeddedSource(1)!;
    expect(new TextDecoder().decode(source.content)).toBe('class C;');
    expect(pdb.customDebugInformation(methodDef(1))).toEqual([]);
  });

  it('refuses scopes that share their variables', () => {
    const builder = new MetadataBuilder();
    for (let index = 0; index < 100; index++) {
      builder.add('LocalScope', { Method: methodDef(1), VariableList: index % 2 === 0 ? 1 : 101, StartOffset: index });
      builder.add('LocalVariable', { Name: 'v' });
    }
    const shared = PortablePdb.parse(builder.build({ pdb: { id: ID, entryPoint: methodDef(0), typeSystemRowCounts: methods } }))!;
    expect(() => shared.localScopes(1)).toThrow(expect.objectContaining({ code: 'SCOPES_OVERLAP' }));
  });

  it('is not any other metadata', () => {
    const builder = new MetadataBuilder();
    builder.add('Module', { Name: 'm.dll' });
    expect(PortablePdb.of(Metadata.parse(builder.build()))).toBeUndefined();
    expect(() => PortablePdb.parse(new Uint8Array(10))).toThrow(BadImageError);
  });
});

test('only BadImageError escapes from a mutated PDB', () => {
  fc.assert(
    fc.property(mutated(fc.constant(sample())), (bytes) =>
      endsWell(() => {
        const pdb = PortablePdb.parse(bytes);
        if (!pdb) return;
        for (const rid of [1, 2, 3]) {
          endsWell(() => pdb.sequencePoints(rid));
          endsWell(() => pdb.localScopes(rid));
          endsWell(() => pdb.document(rid));
          endsWell(() => pdb.importScope(rid));
          endsWell(() => pdb.embeddedSource(rid));
          endsWell(() => pdb.kickoffMethod(methodDef(rid)));
        }
      }),
    ),
    { seed: 1, numRuns: 2000 },
  );
});
