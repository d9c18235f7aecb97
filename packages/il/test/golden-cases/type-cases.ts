import { makeToken, TableId, type TypeDefToken } from '@ijw/metadata';
import { encodeFieldSignature, encodePropertySignature, encodeTypeSpec } from '@ijw/metadata/signatures';
import { SectionCharacteristics } from '@ijw/pe';
import { classType, INT, methodSignature, OBJECT, VOID, valueType } from '../il-image.ts';
import { type GoldenCases, NO_ARGUMENTS } from './golden-case.ts';

const WRITABLE = SectionCharacteristics.MEM_READ | SectionCharacteristics.MEM_WRITE | SectionCharacteristics.CNT_INITIALIZED_DATA;

/** Sizes of 0 among them, with and without lower bounds. */
export const arrayShapes = [
  { rank: 1, sizes: [0], lowerBounds: [0] },
  { rank: 1, sizes: [5], lowerBounds: [0] },
  { rank: 1, sizes: [5], lowerBounds: [1] },
  { rank: 1, sizes: [5], lowerBounds: [-5] },
  { rank: 1, sizes: [], lowerBounds: [2] },
  { rank: 1, sizes: [], lowerBounds: [] },
  { rank: 2, sizes: [0, 0], lowerBounds: [0, 0] },
  { rank: 2, sizes: [0, 5], lowerBounds: [0, 0] },
  { rank: 2, sizes: [0, 2], lowerBounds: [0, 2] },
  { rank: 2, sizes: [], lowerBounds: [0, 0] },
  { rank: 1, sizes: [0], lowerBounds: [3] },
  { rank: 2, sizes: [0], lowerBounds: [] },
] as const;

export const typeCases: GoldenCases = {
  classes: {
    fill: ({ builder, system }) => {
      const object = system('System.Object');
      builder.add('TypeDef', { Namespace: 'N', Name: 'Abstract', Flags: 0x100081, Extends: object });
      builder.add('TypeDef', { Name: 'IShape', Flags: 0xa1 });
      const outer = builder.add('TypeDef', { Namespace: 'N.M', Name: 'Outer', Flags: 0x100, Extends: object });
      const inner = builder.add('TypeDef', { Name: 'Inner', Flags: 0x2003, Extends: object });
      const innermost = builder.add('TypeDef', { Name: 'Innermost', Flags: 0x7, Extends: object });
      builder.add('TypeDef', { Name: 'Odd', Flags: 0x80000001 });
      builder.add('NestedClass', { NestedClass: inner, EnclosingClass: outer });
      builder.add('NestedClass', { NestedClass: innermost, EnclosingClass: inner });
    },
  },
  'nested-in-module': {
    fill: ({ builder, method, system }) => {
      const nested = (Name: string, Flags: number, EnclosingClass: TypeDefToken) => {
        const type = builder.add('TypeDef', { Name, Flags, Extends: system('System.Object') });
        builder.add('NestedClass', { NestedClass: type, EnclosingClass });
        return type;
      };
      const outer = nested('X', 2, makeToken(TableId.TypeDef, 1));
      const called = method('g', (code) => code.emit('ret'));
      nested('Y', 3, outer);
      nested('Private', 3, makeToken(TableId.TypeDef, 1));
      builder.add('TypeDef', { Name: 'Q', Flags: 1, Extends: system('System.Object') });
      method('m', (code) => code.emit('call', called).emit('ret'));
    },
  },
  'nested-in-a-circle': {
    fill: ({ builder, method }) => {
      const rows = ['Alone', 'Beyond', 'First', 'Second', 'Within'].map((Name) => {
        const type = builder.add('TypeDef', { Name, Flags: 2 });
        method(`In${Name}`, (code) => code.emit('ret'));
        return type;
      });
      const enclose = (nested: number, EnclosingClass: TypeDefToken) =>
        builder.add('NestedClass', { NestedClass: rows[nested]!, EnclosingClass });
      enclose(0, rows[0]!);
      enclose(1, makeToken(TableId.TypeDef, 77));
      enclose(2, rows[3]!);
      enclose(3, rows[2]!);
      enclose(4, rows[3]!);
    },
  },
  'attributes-of-nothing': {
    fill: ({ builder, system }) => {
      const Type = builder.add('MemberRef', {
        Class: system('System.MarkAttribute'),
        Name: '.ctor',
        Signature: methodSignature(0x20, VOID),
      });
      for (const Parent of [makeToken(TableId.MethodDef, 0), makeToken(TableId.MethodDef, 9), makeToken(TableId.Event, 1)])
        builder.add('CustomAttribute', { Parent, Type, Value: NO_ARGUMENTS });
    },
  },
  interfaces: {
    fill: ({ builder, system }) => {
      const type = builder.add('TypeDef', { Name: 'C', Flags: 1, Extends: system('System.Object') });
      const first = builder.add('InterfaceImpl', { Class: type, Interface: system('System.IDisposable') });
      builder.add('InterfaceImpl', { Class: type, Interface: system('System.ICloneable') });
      const attribute = builder.add('MemberRef', {
        Class: system('System.MarkAttribute'),
        Name: '.ctor',
        Signature: methodSignature(0x20, VOID),
      });
      builder.add('CustomAttribute', { Parent: first, Type: attribute, Value: NO_ARGUMENTS });
    },
  },
  'explicit-layout': {
    fill: ({ builder, system }) => {
      const type = builder.add('TypeDef', { Name: 'Union', Flags: 0x111, Extends: system('System.ValueType') });
      builder.add('ClassLayout', { Parent: type, PackingSize: 2, ClassSize: 8 });
      for (const [index, Offset] of [0, 4].entries()) {
        const field = builder.add('Field', { Name: `f${index}`, Flags: 6, Signature: encodeFieldSignature(INT) });
        builder.add('FieldLayout', { Field: field, Offset });
      }
    },
  },
  generics: {
    fill: ({ builder, system }) => {
      const type = builder.add('TypeDef', { Name: 'G`4', Flags: 1, Extends: system('System.Object') });
      const method = builder.add('MethodDef', {
        Name: 'M',
        Flags: 0x5c6,
        Signature: methodSignature(0x30, { kind: 'genericMethodParameter', index: 0 }, { kind: 'genericTypeParameter', index: 1 }),
      });
      const add = (position: number, Flags: number, Name: string) =>
        builder.add('GenericParam', { Owner: type, Number: position, Flags, Name });
      const bounded = add(0, 0x14, 'T');
      const covariant = add(1, 0x01, 'U');
      add(2, 0x2a, 'in');
      add(3, 0x40, 'W');
      builder.add('GenericParam', { Owner: method, Number: 0, Flags: 0x18, Name: 'V' });
      const constraint = builder.add('GenericParamConstraint', { Owner: bounded, Constraint: system('System.IDisposable') });
      builder.add('GenericParamConstraint', { Owner: bounded, Constraint: system('System.ICloneable') });
      const attribute = builder.add('MemberRef', {
        Class: system('System.MarkAttribute'),
        Name: '.ctor',
        Signature: methodSignature(0x20, VOID),
      });
      builder.add('CustomAttribute', { Parent: covariant, Type: attribute, Value: NO_ARGUMENTS });
      builder.add('CustomAttribute', { Parent: constraint, Type: attribute, Value: NO_ARGUMENTS });
    },
  },
  'array-shapes': {
    fill: ({ builder, system }) => {
      builder.add('TypeDef', { Name: 'C', Flags: 1, Extends: system('System.Object') });
      for (const [index, shape] of arrayShapes.entries())
        builder.add('Field', { Name: `f${index}`, Flags: 6, Signature: encodeFieldSignature({ kind: 'array', element: INT, shape }) });
    },
  },
  'properties-and-events': {
    fill: ({ builder, system }) => {
      const type = builder.add('TypeDef', { Name: 'C', Flags: 0x81, Extends: system('System.Object') });
      const accessor = (Name: string, Signature: Uint8Array) => builder.add('MethodDef', { Name, Flags: 0x5c6, Signature });
      const handler = classType(system('System.EventHandler'));
      const get = accessor('get_P', methodSignature(0x20, INT));
      const set = accessor('set_P', methodSignature(0x20, VOID, INT));
      const other = accessor('reset_P', methodSignature(0x20, VOID));
      const add = accessor('add_E', methodSignature(0x20, VOID, handler));
      const remove = accessor('remove_E', methodSignature(0x20, VOID, handler));
      const fire = accessor('raise_E', methodSignature(0x20, VOID));
      const property = builder.add('Property', {
        Name: 'P',
        Flags: 0x1200,
        Type: encodePropertySignature({
          header: 0x28,
          genericParameterCount: 0,
          requiredParameterCount: 0,
          returnType: INT,
          parameterTypes: [],
        }),
      });
      builder.add('PropertyMap', { Parent: type, PropertyList: property });
      builder.add('Constant', { Type: 8, Parent: property, Value: Uint8Array.of(7, 0, 0, 0) });
      const event = builder.add('Event', { Name: 'E', EventFlags: 0x400, EventType: system('System.EventHandler') });
      builder.add('EventMap', { Parent: type, EventList: event });
      const semantics = (Semantics: number, Method: number, Association: typeof property | typeof event) =>
        builder.add('MethodSemantics', { Semantics, Method, Association });
      semantics(2, get, property);
      semantics(1, set, property);
      semantics(4, other, property);
      semantics(8, add, event);
      semantics(0x10, remove, event);
      semantics(0x20, fire, event);
    },
  },
  overrides: {
    fill: ({ builder, system }) => {
      const type = builder.add('TypeDef', { Name: 'C', Flags: 1, Extends: system('System.Object') });
      const body = builder.add('MethodDef', { Name: 'Close', Flags: 0x4c1, Signature: methodSignature(0x20, VOID) });
      const declaration = builder.add('MemberRef', {
        Class: system('System.IDisposable'),
        Name: 'Dispose',
        Signature: methodSignature(0x20, VOID),
      });
      const foreign = builder.add('MemberRef', {
        Class: system('System.Object'),
        Name: 'Finalize',
        Signature: methodSignature(0x20, VOID),
      });
      builder.add('MethodImpl', { Class: type, MethodBody: body, MethodDeclaration: declaration });
      builder.add('MethodImpl', { Class: type, MethodBody: foreign, MethodDeclaration: declaration });
    },
  },
  fields: {
    fill: ({ builder, system }) => {
      builder.add('TypeDef', { Name: 'C', Flags: 1, Extends: system('System.Object') });
      const field = (Name: string, Flags: number) => builder.add('Field', { Name, Flags, Signature: encodeFieldSignature(INT) });
      field('plain', 0x1);
      field('words', 0x6b6);
      field('hidden', 0x0);
      field('serialized', 0x86);
      builder.add('FieldMarshal', { Parent: field('marshalled', 0x1006), NativeType: Uint8Array.of(0x07) });
      builder.add('FieldMarshal', { Parent: field('array', 0x1006), NativeType: Uint8Array.of(0x2a, 0x50, 1, 2) });
      field('odd', 0x4007);
    },
  },
  constants: {
    fill: ({ builder, system }) => {
      builder.add('TypeDef', { Name: 'C', Flags: 1, Extends: system('System.Object') });
      const constant = (Name: string, Type: number, ...bytes: readonly number[]) =>
        builder.add('Constant', {
          Type,
          Parent: builder.add('Field', { Name, Flags: 0x8056, Signature: encodeFieldSignature(OBJECT) }),
          Value: Uint8Array.from(bytes),
        });
      constant('yes', 0x02, 1);
      constant('letter', 0x03, 0x41, 0);
      constant('int8', 0x04, 0xff);
      constant('uint16', 0x07, 0xff, 0xff);
      constant('int64', 0x0a, 0, 0, 0, 0, 0, 0, 0, 0x80);
      constant('negative zero', 0x0d, 0, 0, 0, 0, 0, 0, 0, 0x80);
      constant('nan', 0x0c, 1, 0, 0xc0, 0x7f);
      constant('text', 0x0e, 0x61, 0, 0x22, 0);
      constant('lone surrogate', 0x0e, 0x00, 0xd8);
      constant('nothing', 0x12, 0, 0, 0, 0);
    },
  },
  'field-data': {
    fill: ({ builder, system, data }) => {
      const struct = builder.add('TypeDef', { Name: 'Bytes5', Flags: 0x111, Extends: system('System.ValueType') });
      builder.add('ClassLayout', { Parent: struct, PackingSize: 1, ClassSize: 5 });
      builder.add('TypeDef', { Name: 'C', Flags: 1, Extends: system('System.Object') });
      const first = builder.add('Field', { Name: 'five', Flags: 0x116, Signature: encodeFieldSignature(valueType(struct)) });
      const rva = data(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 8);
      builder.add('FieldRVA', { Field: first, RVA: rva });
      const overlapping = builder.add('Field', { Name: 'four', Flags: 0x116, Signature: encodeFieldSignature(INT) });
      builder.add('FieldRVA', { Field: overlapping, RVA: rva });
      const lost = builder.add('Field', { Name: 'lost', Flags: 0x116, Signature: encodeFieldSignature(INT) });
      builder.add('FieldRVA', { Field: lost, RVA: 0x7000000 });
    },
  },
  'data-sections': {
    fill: ({ builder, system }) => {
      builder.add('TypeDef', { Name: 'C', Flags: 1, Extends: system('System.Object') });
      const field = (Name: string, RVA: number) => {
        const Field = builder.add('Field', { Name, Flags: 0x116, Signature: encodeFieldSignature(INT) });
        builder.add('FieldRVA', { Field, RVA });
      };
      field('written', 0x10000);
      field('half', 0x10006);
      field('empty', 0x11000);
      field('perThread', 0x20000);
      field('constant', 0x30000);
    },
    sections: [
      {
        name: '.data',
        rva: 0x10000,
        bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
        virtualSize: 0x2000,
        characteristics: WRITABLE,
        header: { sizeOfRawData: 8 },
      },
      { name: '.tls', rva: 0x20000, bytes: Uint8Array.of(1, 2, 3, 4), characteristics: WRITABLE },
      { name: '.rdata', rva: 0x30000, bytes: Uint8Array.of(5, 6, 7, 8) },
    ],
  },
  'type-specifications': {
    fill: ({ builder, system }) => {
      const list = classType(system('System.List`1'));
      const spec = builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'genericInstance', generic: list, arguments: [INT] }) });
      builder.add('TypeDef', { Name: 'C', Flags: 1, Extends: spec });
    },
  },
  forward: {
    fill: ({ builder, system }) => {
      const outer = builder.add('TypeDef', { Name: 'Outer', Flags: 1, Extends: system('System.Object') });
      const inner = builder.add('TypeDef', { Name: 'Inner', Flags: 2, Extends: outer });
      builder.add('NestedClass', { NestedClass: inner, EnclosingClass: outer });
    },
    options: { forward: true },
  },
  visibility: {
    fill: ({ builder }) => {
      builder.add('TypeDef', { Name: 'Hidden', Flags: 0 });
      builder.add('TypeDef', { Name: 'Seen', Flags: 1 });
      for (const Flags of [1, 3, 6]) builder.add('Field', { Name: `field${Flags}`, Flags, Signature: encodeFieldSignature(INT) });
    },
    options: { visibility: new Set(['PUB']) },
  },
  'quote-all-names': {
    fill: ({ builder, system }) => {
      builder.add('TypeDef', { Namespace: 'N.M', Name: 'C', Flags: 1, Extends: system('System.Object') });
      builder.add('MethodDef', { Name: '.ctor', Flags: 0x1886, Signature: methodSignature(0x20, VOID, INT) });
      builder.add('Param', { Sequence: 1, Name: 'first' });
    },
    options: { quoteAllNames: true },
  },
  'quoted-names': {
    fill: ({ builder, system }) => {
      builder.add('TypeDef', { Namespace: 'class.N', Name: "<>c__It's", Flags: 1, Extends: system('System.Object') });
      for (const name of ['value', 'ldarg', 'a b', 'x.y', '.x', '1st', 'naïve', 'ok$_@`?', '\u202eesrever', 'zero\u200bwidth'])
        builder.add('Field', { Name: name, Flags: 6, Signature: encodeFieldSignature(INT) });
    },
  },
};
