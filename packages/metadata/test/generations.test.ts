// An assembly with edit-and-continue deltas.
import { Metadata, makeToken, TableId, type Token } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { MetadataGenerations } from '@ijw/metadata/generations';
import { describe, expect, test } from 'vitest';

const method = (rid: number) => makeToken(TableId.MethodDef, rid);

function first(): Metadata {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'library.dll', Mvid: '11111111-1111-1111-1111-111111111111' });
  builder.add('MethodDef', { Name: 'One' });
  builder.add('MethodDef', { Name: 'Two' });
  builder.userStrings.add('text');
  // A compiler pads the stream to four bytes; the delta's strings go on before the padding.
  const padded = new Uint8Array(builder.strings.size + 3);
  padded.set(builder.strings.toBytes());
  return Metadata.parse(builder.build({ replace: { '#Strings': padded } }));
}

/** A delta that changes method 2 and adds method 3, as compilers write them: `#-`, `#JTD`, heaps that go on where the ones before ended. */
function delta(before: { strings: number; blobs: number }): Metadata {
  const builder = new MetadataBuilder();
  builder.guids.add(new Uint8Array(16));
  builder.add('Module', { Generation: 1, EncId: '22222222-2222-2222-2222-222222222222' });
  builder.add('MethodDef', { Name: before.strings + builder.strings.add('Changed') });
  builder.add('MethodDef', {
    Name: before.strings + builder.strings.add('Added'),
    Signature: before.blobs + builder.blobs.add(Uint8Array.of(9)),
  });
  for (const token of [0x00000001, method(2), method(3)]) {
    builder.add('EncLog', { Token: token });
    builder.add('EncMap', { Token: token });
  }
  return Metadata.parse(builder.build({ tablesStream: '#-', minimalDelta: true, header: { heapSizes: 0x20 } }));
}

describe('an assembly and a delta', () => {
  const base = first();
  const change = delta({ strings: base.strings.size - 3, blobs: base.blobs.size });
  const whole = new MetadataGenerations(base, [change]);
  const nameOf = (token: Token) => {
    const row = whole.row(token)!;
    return whole.string(row.metadata.tables.MethodDef.get(row.rid, 'Name'));
  };

  test('the delta says what it is', () => {
    expect([base.isDelta, base.isMinimalDelta, change.isDelta, change.isMinimalDelta]).toEqual([false, false, true, true]);
    expect(change.tables.EncLog.rowCount).toBe(3);
    expect(change.tables.EncMap.rowSize).toBe(4);
  });

  test('rows come from the newest generation that has them', () => {
    expect([1, 2, 3].map((rid) => nameOf(method(rid)))).toEqual(['One', 'Changed', 'Added']);
    expect(whole.row(method(4))).toBeUndefined();
    expect(whole.row(makeToken(TableId.Module, 1))).toEqual({ metadata: change, rid: 1 });
    expect(whole.rowCount(TableId.MethodDef)).toBe(3);
    expect(whole.rowCount(TableId.TypeDef)).toBe(0);
  });

  test('heaps are one after the other, GUIDs by their index', () => {
    const added = whole.row(method(3))!;
    expect([...whole.blob(added.metadata.tables.MethodDef.get(added.rid, 'Signature'))]).toEqual([9]);
    expect(whole.guid(0)).toBeUndefined();
    expect(whole.guid(1)).toBe('11111111-1111-1111-1111-111111111111');
    expect(whole.guid(2)).toBe('22222222-2222-2222-2222-222222222222');
    expect(whole.userString(1)).toBe('text');
    expect(() => whole.string(0xffffff)).toThrow(expect.objectContaining({ code: 'BAD_STRING_OFFSET' }));
    expect(() => whole.guid(3)).toThrow(expect.objectContaining({ code: 'BAD_GUID_INDEX' }));
  });
});
