import { type TableName, tableSchemas } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { checkCommand } from '../command-check.ts';
import { COMMANDS } from '../commands.ts';
import { Decisions } from '../decisions.ts';
import type { FuzzReader } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
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

/** Names as a stranger gives them: escapes, separators, paths, words of JavaScript. */
const NAMES: readonly [string, ...string[]] = [
  'C',
  'M',
  '',
  '.ctor',
  'a\u001b[2J\nINJECT: x\r\u202ec\u0085\u2028d\u009b31m',
  '__proto__',
  'constructor',
  '../../OUTSIDE',
  '*/ system("x"); /*',
  'a"];evil[label="x\\',
  "a$&$1$`b$'",
  '?f@@YAHH@Z',
  'kernel32.dll',
  'System',
  'Object',
  'ValueType',
  'Enum',
];

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

/** Metadata from rows, with columns of every kind that may share one long datum, read by a command. */
export const tablesReader: FuzzReader = {
  name: 'tables',
  seeds: () => decisionSeeds(96),
  async run(input) {
    const decisions = new Decisions(input);
    const command = COMMANDS[decisions.byte() % COMMANDS.length];
    const placement = new Placement();
    placement.add(decisions.bytes(decisions.byte() & 0x3f));
    const cliHeader = addCliHeader(placement, metadataOf(decisions), { flags: decisions.byte() & 0x13 });
    if (command !== undefined) await checkCommand(command, imageOf(placement, { directories: { cliHeader } }));
  },
};
