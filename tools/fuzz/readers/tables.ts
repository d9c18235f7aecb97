import { ByteWriter } from '@ijw/binary';
import { makeToken, TableId, type TableName, tableSchemas } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { checkCommand } from '../command-check.ts';
import { COMMANDS } from '../commands.ts';
import { Decisions } from '../decisions.ts';
import type { FuzzReader } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';
import { addCliHeader, imageOf, Placement } from './image-of.ts';
import { fieldSignature, methodSignature, typeSignature } from './signature-bytes.ts';

const TABLES: readonly [TableName, ...TableName[]] = [
  'TypeDef',
  'TypeRef',
  'MethodDef',
  'Field',
  'MemberRef',
  'CustomAttribute',
  'ImplMap',
  'ModuleRef',
  'TypeSpec',
  'NestedClass',
  'ExportedType',
  'GenericParam',
  'ManifestResource',
  'ClassLayout',
  'FieldRVA',
  'Param',
  'InterfaceImpl',
  'Constant',
  'MethodSpec',
  'StandAloneSig',
  'Property',
  'PropertyMap',
  'MethodSemantics',
  'FieldMarshal',
  'DeclSecurity',
  'File',
  'AssemblyRef',
  'Event',
  'EventMap',
  'MethodImpl',
  'FieldLayout',
  'GenericParamConstraint',
];

const NAMES: readonly [string, ...string[]] = ['C', 'M', 'kernel32.dll', 'System', 'Object', 'ValueType', 'Enum', ...HOSTILE_NAMES];

/** Heap data that rows share: short and as long as a heap may be. */
interface Pool {
  readonly names: readonly number[];
  readonly blobs: readonly number[];
}

function poolOf(builder: MetadataBuilder, decisions: Decisions): Pool {
  const names = NAMES.map((name) => builder.strings.add(name));
  names.push(builder.strings.add('N'.repeat(decisions.count())));
  const blobs = [
    methodSignature(decisions),
    fieldSignature(decisions),
    typeSignature(decisions),
    Uint8Array.of(0, 0, 1),
    Uint8Array.of(6, 8),
  ];
  blobs.push(Uint8Array.of(1, 0, 0, 0), new Uint8Array(decisions.count()).fill(decisions.byte()), decisions.bytes(32));
  return { names, blobs: blobs.map((blob) => builder.blobs.add(blob)) };
}

/** A raw value for a column: what is there, now and then what is not. */
function cell(kind: string, pool: Pool, decisions: Decisions): number {
  const choice = decisions.byte();
  if (choice === 255) return decisions.u32();
  if (kind === 'string') return pool.names[choice % pool.names.length] ?? 0;
  if (kind === 'blob') return pool.blobs[choice % pool.blobs.length] ?? 0;
  if (kind === 'guid') return choice & 1;
  return kind === 'u16' || kind === 'u32' ? (FLAGS[choice % FLAGS.length] ?? 0) : choice & 0x1f;
}

const FLAGS = [0, 1, 0x16, 0x2016, 0x80, 0x1000, 0x100, 0x2050, 0x140, 0x109, 2, 5, 0x400] as const;

function addRows(builder: MetadataBuilder, table: TableName, pool: Pool, decisions: Decisions): void {
  const schema = Object.entries(tableSchemas[table]);
  let cells = schema.map(([, { kind }]) => cell(kind, pool, decisions));
  for (let left = decisions.count(20_000), row = 0; left > 0; left--, row++) {
    // The first few differ; of many rows the others are as the last.
    if (row > 0 && row < 4) cells = schema.map(([, { kind }]) => cell(kind, pool, decisions));
    builder.add(table);
    const rid = builder.rowCount(table);
    for (const [index, [column]] of schema.entries()) builder.set(table, rid, column as never, cells[index] ?? 0);
  }
}

/** A datum as long as a heap may have, of the kind that a column is read as. */
const LONG: readonly [(size: number) => Uint8Array, ...((size: number) => Uint8Array)[]] = [
  (size) => new ByteWriter().u8(0).compressedUnsigned(size).u8(1).fill(size, 8).toBytes(),
  (size) => new ByteWriter().u16(1).u32(size).fill(size, 7).u16(0).toBytes(),
  (size) => new ByteWriter().u8(0x15).u8(0x12).u8(5).compressedUnsigned(size).fill(size, 8).toBytes(),
  (size) => new ByteWriter().u8(6).bytes(new Uint8Array(size).fill(0x0f)).u8(8).toBytes(),
  (size) => new Uint8Array(size).fill(0x41),
];

/** Many rows of one table that all name one long datum, among the rows that have them looked at. */
function sharedMetadata(decisions: Decisions, body: number): Uint8Array {
  const builder = new MetadataBuilder();
  const size = decisions.pick([100_000, 300_000, 40_000]);
  const [long, short] = [builder.strings.add('N'.repeat(size)), builder.strings.add('S')];
  const name = decisions.chance() ? long : short;
  const [longBlob, method] = [builder.blobs.add(decisions.pick(LONG)(size)), builder.blobs.add(Uint8Array.of(0, 0, 1))];
  const blob = decisions.chance() ? longBlob : method;
  builder.add('Module', { Name: short });
  builder.add('Assembly', { Name: short });
  builder.add('ModuleRef', { Name: short });
  const object = builder.add('TypeRef', { Name: 'Object', Namespace: 'System' });
  builder.add('MemberRef', { Class: object, Name: '.ctor', Signature: Uint8Array.of(0x20, 1, 1, 0x1d, 5) });
  builder.add('TypeSpec', { Signature: longBlob });
  builder.add('TypeDef', { Name: '<Module>' });
  builder.add('TypeDef', { Name: short, Flags: 1 });
  const table = decisions.pick(TABLES);
  const pool = { names: [name], blobs: [blob] };
  const cells = Object.entries(tableSchemas[table]).map(([column, { kind }]) =>
    column === 'RVA' && decisions.chance() ? body : cell(kind, pool, decisions) || 1,
  );
  for (let left = decisions.pick([20_000, 5000, 60_000]); left > 0; left--) {
    builder.add(table);
    for (const [index, column] of Object.keys(tableSchemas[table]).entries())
      builder.set(table, builder.rowCount(table), column as never, cells[index] ?? 0);
  }
  for (const [index, flags] of [0x2016, 0x16].entries())
    builder.add('MethodDef', { Name: short, Flags: flags, ImplFlags: 0x1000 * index, Signature: blob });
  builder.add('CustomAttribute', { Parent: object, Type: makeToken(TableId.MemberRef, 1), Value: longBlob });
  return builder.build({ keepOrder: true });
}

function metadataOf(decisions: Decisions): Uint8Array {
  const builder = new MetadataBuilder();
  const pool = poolOf(builder, decisions);
  const [first] = pool.names;
  builder.add('Module', { Name: first ?? 0 });
  builder.add('Assembly', { Name: pool.names[decisions.byte() % pool.names.length] ?? 0 });
  builder.add('TypeDef', { Name: '<Module>' });
  for (let left = 1 + decisions.below(8); left > 0; left--) addRows(builder, decisions.pick(TABLES), pool, decisions);
  return builder.build({ keepOrder: decisions.chance(), version: NAMES[decisions.byte() % NAMES.length] ?? '' });
}

/** Metadata from rows, with columns of every kind, read by a command. */
export const tablesReader: FuzzReader = {
  name: 'tables',
  seeds: () => decisionSeeds(96),
  async run(input) {
    const decisions = new Decisions(input);
    const command = decisions.pick(COMMANDS);
    const placement = new Placement();
    placement.add(decisions.bytes(decisions.byte() & 0x3f));
    const cliHeader = addCliHeader(placement, metadataOf(decisions), { flags: decisions.byte() & 0x13 });
    return checkCommand(command, imageOf(placement, { directories: { cliHeader } }));
  },
};

/** Many rows that share one long datum: a name, a signature, a value, a body. */
export const sharingReader: FuzzReader = {
  name: 'sharing',
  seeds: () => decisionSeeds(64),
  async run(input) {
    const decisions = new Decisions(input);
    const command = decisions.pick(COMMANDS);
    const placement = new Placement();
    const length = decisions.pick([2, 100_000]);
    const body = placement.add(
      new ByteWriter()
        .u16(0x3003)
        .u16(8)
        .u32(length)
        .u32(0)
        .fill(length - 1)
        .u8(0x2a)
        .toBytes(),
    );
    const cliHeader = addCliHeader(placement, sharedMetadata(decisions, body));
    return checkCommand(command, imageOf(placement, { directories: { cliHeader } }));
  },
};
