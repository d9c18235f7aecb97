// Views, attributes, field data and resolver over damaged metadata: a value or a BadImageError.
import { readFileSync } from 'node:fs';
import { BadImageError } from '@ijw/binary';
import { AssemblyDefinition, Metadata, makeToken, TableId, type TableName, TypeDefinition } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { attributeLines } from '@ijw/metadata/canonical';
import { FieldDataReader } from '@ijw/metadata/layout';
import { assembliesAtHand, Resolver } from '@ijw/metadata/resolution';
import { embeddedResource, manifestResources } from '@ijw/metadata/resources';
import { PEImage, readCliHeader } from '@ijw/pe';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cliImage } from './cli-image.ts';
import { endsWell, mutated } from './hostile-blobs.ts';

/** A `Buffer` would not copy when it is sliced. */
const edge = new Uint8Array(
  readFileSync(new URL('../../../node_modules/edge-js/lib/native/win32/x64/22/edge_nativeclr.node', import.meta.url)),
);

/** Every getter of a view, and of the views that it gives, two levels down. */
function walk(view: object, depth = 2): void {
  const getters = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(view)));
  for (const [name, { get }] of getters) {
    if (!get) continue;
    endsWell(() => {
      const value = (view as Readonly<Record<string, unknown>>)[name];
      if (depth === 0 || !Array.isArray(value)) return;
      for (const item of value.slice(0, 20)) if (typeof item === 'object' && item !== null && 'metadata' in item) walk(item, depth - 1);
    });
  }
}

/** Rows of a table, a few of them. */
const rows = (metadata: Metadata, table: TableName) =>
  Array.from({ length: Math.min(metadata.tables[table].rowCount, 40) }, (_, index) => index + 1);

function readEverything(image: PEImage, metadata: Metadata): void {
  for (const chunk of attributeLines(metadata)) expect(chunk.length).toBeGreaterThanOrEqual(0);
  const resolver = new Resolver(assembliesAtHand([metadata]));
  const data = new FieldDataReader(image, metadata, resolver);
  endsWell(() => AssemblyDefinition.of(metadata) && walk(AssemblyDefinition.of(metadata)!));
  endsWell(() => {
    for (const resource of manifestResources(metadata)) endsWell(() => embeddedResource(image, resource));
  });
  for (const rid of rows(metadata, 'TypeDef')) walk(new TypeDefinition(metadata, makeToken(TableId.TypeDef, rid)));
  for (const rid of rows(metadata, 'Field')) endsWell(() => data.read(makeToken(TableId.Field, rid)));
  for (const rid of rows(metadata, 'TypeRef')) endsWell(() => resolver.type(metadata, makeToken(TableId.TypeRef, rid)));
  for (const rid of rows(metadata, 'TypeSpec')) endsWell(() => resolver.type(metadata, makeToken(TableId.TypeSpec, rid)));
  for (const rid of rows(metadata, 'ExportedType')) endsWell(() => resolver.type(metadata, makeToken(TableId.ExportedType, rid)));
  for (const rid of rows(metadata, 'MemberRef')) endsWell(() => resolver.member(metadata, makeToken(TableId.MemberRef, rid)));
}

/** A mutation of the metadata within the image, or of the image around it. */
function damaged(image: PEImage, metadata: Uint8Array): PEImage {
  const directory = readCliHeader(image)!.metaData;
  const offset = image.rvaToOffset(directory.rva)!;
  const bytes = image.bytes.slice();
  bytes.set(metadata, offset);
  return PEImage.parse(bytes);
}

test('only BadImageError escapes from views, attributes, field data and the resolver of a damaged mixed-mode image', () => {
  const image = PEImage.parse(edge);
  const { rva, size } = readCliHeader(image)!.metaData;
  let reached = 0;
  fc.assert(
    fc.property(mutated(fc.constant(image.bytesAt(rva, size).slice())), (metadata) =>
      endsWell(() => {
        const bad = damaged(image, metadata);
        readEverything(bad, Metadata.of(bad)!);
        reached++;
      }),
    ),
    { seed: 1, numRuns: 150 },
  );
  expect(reached).toBeGreaterThan(50);
});

test('rows of nothing but extremes end in BadImageError', () => {
  const builder = new MetadataBuilder();
  const tables = ['TypeRef', 'TypeDef', 'Field', 'MethodDef', 'Param', 'MemberRef', 'Constant', 'CustomAttribute', 'ClassLayout'] as const;
  for (const table of tables) {
    for (let rid = 1; rid <= 4; rid++) {
      builder.add(table);
    }
  }
  const metadata = builder.build({ keepOrder: true });
  for (const fill of [0x01, 0x7f, 0x80, 0xff]) {
    const bytes = metadata.slice();
    bytes.fill(fill, 200, Math.min(bytes.length, 500));
    const image = cliImage({ metadata: bytes });
    expect(image.bytes.length).toBeGreaterThan(bytes.length);
    try {
      readEverything(image, Metadata.of(image)!);
    } catch (error) {
      expect(error).toBeInstanceOf(BadImageError);
    }
  }
});
