// Owners of rows, keys of sorted tables, runs that are wrong or go through pointer tables.
import {
  type FieldToken,
  Metadata,
  type MethodDefToken,
  makeToken,
  nilToken,
  TableId,
  type TokenOf,
  type TypeDefToken,
} from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyIndex } from '../src/tables/key-index.ts';

const method = (rid: number): MethodDefToken => makeToken(TableId.MethodDef, rid);
const field = (rid: number): FieldToken => makeToken(TableId.Field, rid);
const type = (rid: number): TypeDefToken => makeToken(TableId.TypeDef, rid);

/** Four types with two fields and two methods each, and for every other member a row in each table that is looked up; rows added backwards. */
function sample(): MetadataBuilder {
  const builder = new MetadataBuilder();
  for (let index = 1; index <= 4; index++) {
    builder.add('TypeDef', { Name: `T${index}` });
    builder.add('Field');
    builder.add('Field');
    builder.add('MethodDef', { Name: 'a' });
    builder.add('Param', { Sequence: 0 });
    builder.add('Param', { Sequence: 1 });
    builder.add('MethodDef', { Name: 'b' });
  }
  builder.add('ModuleRef', { Name: 'library' });
  for (let rid = 8; rid > 0; rid -= 2) {
    builder.add('ImplMap', { MappingFlags: rid, MemberForwarded: method(rid), ImportScope: 1 });
    builder.add('FieldRVA', { RVA: rid * 16, Field: rid });
    builder.add('FieldLayout', { Offset: rid * 4, Field: rid });
    builder.add('Constant', { Type: 8, Parent: field(rid) });
    builder.add('FieldMarshal', { Parent: field(rid) });
    builder.add('CustomAttribute', { Parent: method(rid), Type: method(1) });
    builder.add('CustomAttribute', { Parent: method(rid), Type: method(3) });
    builder.add('MethodSemantics', { Semantics: rid, Method: rid, Association: makeToken(TableId.Property, 1 + rid / 4) });
  }
  for (let rid = 4; rid > 1; rid--) {
    builder.add('ClassLayout', { ClassSize: rid * 8, Parent: rid });
    builder.add('NestedClass', { NestedClass: rid, EnclosingClass: 1 });
    builder.add('InterfaceImpl', { Class: rid, Interface: type(1) });
    builder.add('MethodImpl', { Class: rid, MethodBody: method(rid), MethodDeclaration: method(1) });
    builder.add('DeclSecurity', { Action: rid, Parent: type(rid) });
    builder.add('GenericParam', { Number: 1, Owner: type(rid) });
    builder.add('GenericParam', { Number: 0, Owner: type(rid) });
  }
  builder.add('GenericParamConstraint', { Owner: 2, Constraint: type(1) });
  builder.add('EventMap', { Parent: 2 });
  builder.add('Event', { Name: 'e' });
  builder.add('PropertyMap', { Parent: 3 });
  builder.add('Property', { Name: 'p' });
  builder.add('Property', { Name: 'q' });
  return builder;
}

describe.each([
  ['in order', { tablesStream: '#~' }],
  ['in no order', { tablesStream: '#-' }],
  ['in no order, said to be in order', { tablesStream: '#~', keepOrder: true, header: { sorted: 0xffffffffffffffffn } }],
] as const)('lookups in tables %s', (_, options) => {
  const metadata = Metadata.parse(sample().build(options));
  const { tables } = metadata;

  test('one row', () => {
    for (let rid = 1; rid <= 8; rid++) {
      const there = rid % 2 === 0;
      const implMap = metadata.findImplMap(method(rid));
      expect(implMap && tables.ImplMap.get(implMap, 'MappingFlags')).toBe(there ? rid : undefined);
      const rva = metadata.findFieldRva(field(rid));
      expect(rva && tables.FieldRVA.get(rva, 'RVA')).toBe(there ? rid * 16 : undefined);
      const offset = metadata.findFieldLayout(field(rid));
      expect(offset && tables.FieldLayout.get(offset, 'Offset')).toBe(there ? rid * 4 : undefined);
      const constant = metadata.findConstant(field(rid));
      expect(constant && tables.Constant.column('Parent').token(constant)).toBe(there ? field(rid) : undefined);
      expect(metadata.findFieldMarshal(field(rid)) !== undefined).toBe(there);
    }
    expect(metadata.findClassLayout(type(1))).toBeUndefined();
    expect(tables.ClassLayout.get(metadata.findClassLayout(type(3))!, 'ClassSize')).toBe(24);
    expect(metadata.findImplMap(nilToken as MethodDefToken)).toBeUndefined();
  });

  test('several rows', () => {
    const attributes = [...metadata.customAttributesOf(method(4))];
    expect(attributes.map((rid) => tables.CustomAttribute.column('Type').token(rid))).toEqual([method(1), method(3)]);
    expect(metadata.customAttributesOf(method(5)).length).toBe(0);
    expect([...metadata.genericParamsOf(type(4))].map((rid) => tables.GenericParam.get(rid, 'Number'))).toEqual([1, 0]);
    expect([...metadata.constraintsOf(2)]).toEqual([1]);
    expect(metadata.interfaceImplsOf(2).length).toBe(1);
    expect(metadata.methodImplsOf(1).length).toBe(0);
    expect(metadata.declSecuritiesOf(type(2)).length).toBe(1);
    expect(
      [...metadata.semanticsOf(makeToken(TableId.Property, 2))].map((rid) => tables.MethodSemantics.get(rid, 'Method')).sort(),
    ).toEqual([4, 6]);
    expect(metadata.semanticsOfMethod(8).length).toBe(1);
  });

  test('members and their types', () => {
    expect([...metadata.fieldsOf(2)]).toEqual([3, 4]);
    expect([...metadata.methodsOf(4)]).toEqual([7, 8]);
    expect([...metadata.paramsOf(3)]).toEqual([3, 4]);
    expect([...metadata.paramsOf(4)]).toEqual([]);
    expect([1, 2, 3, 8].map((rid) => metadata.declaringType(method(rid)))).toEqual([type(1), type(1), type(2), type(4)]);
    expect(metadata.declaringType(field(5))).toBe(type(3));
    expect(metadata.declaringMethod(makeToken(TableId.Param, 4))).toBe(method(3));
    expect(metadata.declaringType(makeToken(TableId.Event, 1))).toBe(type(2));
    expect([...metadata.propertiesOf(3)]).toEqual([1, 2]);
    expect([...metadata.eventsOf(3)]).toEqual([]);
    expect(metadata.declaringType(makeToken(TableId.Property, 2))).toBe(type(3));
    expect(metadata.enclosingType(type(3))).toBe(type(1));
    expect(metadata.enclosingType(type(1))).toBe(nilToken);
    expect(metadata.nestedTypesOf(1).length).toBe(3);
  });
});

describe('runs through pointer tables', () => {
  const builder = sample();
  for (const rid of [8, 7, 6, 5, 4, 3, 2, 1]) {
    builder.add('MethodPtr', { Method: rid });
    builder.add('FieldPtr', { Field: rid });
    builder.add('ParamPtr', { Param: rid });
  }
  builder.add('EventPtr', { Event: 1 });
  builder.add('PropertyPtr', { Property: 2 });
  builder.add('PropertyPtr', { Property: 1 });
  const metadata = Metadata.parse(builder.build({ tablesStream: '#-' }));

  test('give the rows they point at', () => {
    expect([...metadata.methodsOf(1)]).toEqual([8, 7]);
    expect(metadata.methodsOf(1).direct).toBe(false);
    expect([...metadata.fieldsOf(4)]).toEqual([2, 1]);
    expect([...metadata.paramsOf(1)]).toEqual([8, 7]);
    expect([...metadata.propertiesOf(3)]).toEqual([2, 1]);
    expect([...metadata.eventsOf(2)]).toEqual([1]);
  });

  test('and the way back', () => {
    expect(metadata.declaringType(method(8))).toBe(type(1));
    expect(metadata.declaringType(field(1))).toBe(type(4));
    expect(metadata.declaringMethod(makeToken(TableId.Param, 8))).toBe(method(1));
    expect(metadata.declaringType(makeToken(TableId.Property, 1) as TokenOf<'Property'>)).toBe(type(3));
  });
});

describe('runs that are wrong', () => {
  const runs = (...lists: number[]): Metadata => {
    const builder = new MetadataBuilder();
    for (const MethodList of lists) builder.add('TypeDef', { MethodList });
    for (let index = 0; index < 4; index++) builder.add('MethodDef');
    return Metadata.parse(builder.build());
  };

  test('backwards, beyond the end, from nowhere', () => {
    const metadata = runs(3, 1, 0xffff, 0);
    expect([...metadata.methodsOf(1)]).toEqual([]);
    expect([...metadata.methodsOf(2)]).toEqual([1, 2, 3, 4]);
    expect([...metadata.methodsOf(3)]).toEqual([]);
    expect([...metadata.methodsOf(4)]).toEqual([1, 2, 3, 4]);
    expect(metadata.declaringType(method(2))).toBe(type(2));
  });

  test('a row before the first run belongs to nobody', () => {
    expect(runs(2).declaringType(method(1))).toBe(nilToken | 0x02000000);
  });
});

test('rows are found by their value, however many have it and however they lie', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2, 3, 7, 0xffff, 0x10000, 0x2ffff, 0xfffffffe), { maxLength: 40 }), (values) => {
      const index = new KeyIndex({ rowCount: values.length, at: (rid) => values[rid - 1]! });
      for (const value of [...values, 0, 4, 0x20000, 0xffffffff]) {
        const rows = values.flatMap((each, at) => (each === value ? [at + 1] : []));
        expect([...index.range(value)]).toEqual(rows);
        expect(index.first(value)).toBe(rows[0] ?? 0);
      }
    }),
  );
});
