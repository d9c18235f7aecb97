import { ByteWriter } from '@ijw/binary';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { checkCommand } from '../command-check.ts';
import { COMMANDS } from '../commands.ts';
import { Decisions } from '../decisions.ts';
import type { FuzzReader } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';
import { addCliHeader, imageOf, Placement } from './image-of.ts';
import { importDescriptors } from './import-descriptors.ts';

const utf16 = (text: string): Uint8Array => new ByteWriter().utf16(text).toBytes();
const cstring = (text: string): Uint8Array => new ByteWriter().bytes(new TextEncoder().encode(text)).u8(0).toBytes();

/** Signatures that are planned, refused and converted: integers, strings, arrays, classes, structures of the module, vectors. */
const SIGNATURES: readonly [readonly number[], ...(readonly number[])[]] = [
  [0, 1, 8, 8],
  [0, 1, 1, 0x0e],
  [0, 1, 1, 0x11, 8],
  [0, 1, 0x12, 8, 0x1d, 0x0e],
  [0, 2, 1, 0x0f, 0x01, 0x10, 0x0e],
  [0x10, 1, 1, 1, 0x1e, 0],
  [5, 1, 1, 8],
  [0x20, 1, 1, 0x1c],
];

/** Everything of a module that has a name has one of these. */
function metadataOf(decisions: Decisions, body: number): Uint8Array {
  const builder = new MetadataBuilder();
  const only = decisions.pick(HOSTILE_NAMES);
  const all = decisions.chance();
  const name = (): string => (all ? only : decisions.pick(HOSTILE_NAMES));
  const signature = (): Uint8Array => Uint8Array.from(decisions.pick(SIGNATURES));
  builder.add('Module', { Name: name() });
  builder.add('Assembly', { Name: name(), Culture: name() });
  const library = builder.add('AssemblyRef', { Name: decisions.chance() ? 'mscorlib' : name(), Culture: name() });
  const base = builder.add('TypeRef', {
    ResolutionScope: library,
    Name: decisions.pick(['Object', 'ValueType', 'Enum', 'Attribute', ...HOSTILE_NAMES]),
    Namespace: 'System',
  });
  const attribute = builder.add('TypeRef', { ResolutionScope: library, Name: name(), Namespace: name() });
  builder.add('TypeDef', { Name: '<Module>' });
  const type = builder.add('TypeDef', {
    Name: name(),
    Namespace: name(),
    Flags: decisions.pick([1, 0x100001, 0x109, 0x111, 0xa1]),
    Extends: base,
  });
  const module = builder.add('ModuleRef', { Name: name() });
  const field = builder.add('Field', { Name: name(), Flags: 0x8056, Signature: Uint8Array.of(6, 0x0e) });
  builder.add('Field', { Name: name(), Flags: 6, Signature: Uint8Array.of(6, 0x11, 8) });
  builder.add('Constant', { Type: 0x0e, Parent: field, Value: utf16(name()) });
  const methods = [0x2016, 0x2016, 0x16, 0x16, 0x2016].map((Flags, index) =>
    builder.add('MethodDef', {
      Name: name(),
      Flags,
      RVA: index === 2 || index === 4 ? body : 0,
      ImplFlags: [0, 0x80, 0, 0x1000, 5][index] ?? 0,
      Signature: signature(),
    }),
  );
  const parameter = builder.add('Param', { Name: name(), Sequence: 1 });
  for (const [index, method] of methods.slice(0, 2).entries())
    builder.add('ImplMap', {
      MappingFlags: decisions.pick([0x100, 0x140, 0x142, 0x504, 0x76]),
      MemberForwarded: method,
      ImportName: index === 0 ? name() : '',
      ImportScope: module,
    });
  builder.add('FieldMarshal', {
    Parent: parameter,
    NativeType: Uint8Array.of(decisions.pick([0x2c, 0x14, 0x1e, 0x2a, 0x1b, 0xff]), 0, 0, 1, 0x41, 1, 0x1b),
  });
  const attributeMethod = builder.add('MemberRef', { Class: attribute, Name: '.ctor', Signature: Uint8Array.of(0x20, 1, 1, 0x0e) });
  const value = new TextEncoder().encode(name());
  for (const parent of [methods[2], field])
    if (parent !== undefined)
      builder.add('CustomAttribute', {
        Parent: parent,
        Type: attributeMethod,
        Value: new ByteWriter().u16(1).compressedUnsigned(value.length).bytes(value).u16(0).toBytes(),
      });
  builder.add('ManifestResource', { Name: name(), Flags: 1 });
  builder.add('File', { Name: name() });
  builder.add('ExportedType', { TypeName: name(), TypeNamespace: name(), Implementation: library });
  builder.add('Property', { Name: name(), Type: Uint8Array.of(8, 0, 8) });
  builder.add('PropertyMap', { Parent: 2, PropertyList: 1 });
  builder.add('Event', { Name: name(), EventType: base });
  builder.add('EventMap', { Parent: 2, EventList: 1 });
  builder.add('GenericParam', { Owner: type, Name: name() });
  builder.userStrings.add(name());
  return builder.build({ version: decisions.chance() ? name() : 'v4.0.30319' });
}

/** RSDS, a version resource and tables of imports and exports, whose names are a stranger's too. */
function nativeParts(placement: Placement, decisions: Decisions): Parameters<typeof imageOf>[1] {
  const name = cstring(decisions.pick(HOSTILE_NAMES));
  const data = new ByteWriter().u32(0x53445352).fill(20).bytes(name).toBytes();
  const codeView = placement.add(data);
  const entry = placement.add(new ByteWriter().fill(12).u32(2).u32(data.length).u32(codeView).u32(0).toBytes());
  const text = placement.add(name);
  const hint = placement.add(new ByteWriter().u16(0).bytes(name).toBytes());
  const thunks = placement.add(new ByteWriter().u32(hint).u32(0).u32(0).toBytes());
  const descriptors = importDescriptors(1, thunks, text);
  const zero = placement.add(new Uint8Array(8));
  const functions = placement.add(new ByteWriter().u32(0x1000).toBytes());
  const names = placement.add(new ByteWriter().u32(text).toBytes());
  const exported = new ByteWriter().fill(12).u32(text).u32(1).u32(1).u32(1).u32(functions).u32(names).u32(zero).toBytes();
  return {
    directories: {
      debug: { rva: entry, size: 28 },
      import: { rva: placement.add(descriptors), size: descriptors.length },
      export: { rva: placement.add(exported), size: exported.length },
    },
  };
}

/** A module that every command has something to say of, and whose names are all hostile. */
export const namesReader: FuzzReader = {
  name: 'names',
  seeds: () => decisionSeeds(64),
  async run(input) {
    const decisions = new Decisions(input);
    const command = decisions.pick(COMMANDS);
    const placement = new Placement();
    const body = placement.add(Uint8Array.of(0x1a, 0x72, 1, 0, 0, 0x70, 0x2a));
    const slot = placement.add(Uint8Array.of(3, 0, 0, 6, 0, 0, 0, 0));
    const record = placement.add(new ByteWriter().u32(slot).u16(1).u16(5).toBytes());
    const cliHeader = addCliHeader(placement, metadataOf(decisions, body), {
      flags: decisions.pick([1, 0, 0x10]),
      vtableFixups: [record, 8],
    });
    const { directories } = decisions.chance() ? (nativeParts(placement, decisions) ?? {}) : {};
    return checkCommand(command, imageOf(placement, { directories: { ...directories, cliHeader } }));
  },
};
