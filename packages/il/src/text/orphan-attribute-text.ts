import { hex } from '@ijw/binary';
import { type Column, isNilToken, type Metadata, makeToken, TableId, type Token, type TypeDefOrRefToken, tableNameOf } from '@ijw/metadata';
import { writeCustomAttribute, writeCustomAttributes } from './custom-attribute-text.ts';
import { attempt, type Disassembly, limitation } from './disassembly.ts';

/** Reads the columns that name a row, and returns its writer. */
type Owner = (disassembly: Disassembly, token: Token) => () => void;

const typeOwner: Owner = ({ references, sink }, token) => {
  const text = references.type(token as TypeDefOrRefToken);
  return () => references.write(sink, text);
};
const memberOwner: Owner = ({ references, sink }, token) => {
  const text = references.anyToken(token);
  return () => references.writeAnyToken(sink, token, text);
};
const moduleOwner: Owner = ({ metadata, references, sink }, token) => {
  const name = references.names.dotted(metadata.tables.ModuleRef.get(token & 0xffffff, 'Name'));
  return () => sink.text(`[.module ${name}]`);
};
const assemblyOwner: Owner = ({ references, sink }, token) => {
  const name = references.assembly(token & 0xffffff);
  return () => sink.text(`[${name}]`);
};

/**
 * Rows that no directive declares, or none that an attribute can follow: what stands in parentheses for each. ilasm's grammar has types, members
 * and the brackets of assemblies and modules there.
 */
const OWNERS: readonly (readonly [number, Owner])[] = [
  [TableId.TypeRef, typeOwner],
  [TableId.MemberRef, memberOwner],
  [TableId.ModuleRef, moduleOwner],
  [TableId.TypeSpec, typeOwner],
  [TableId.AssemblyRef, assemblyOwner],
  [TableId.MethodSpec, memberOwner],
];

/** Attributes that stand nowhere else in the text: their parent is nil, not a row, a row that no directive declares, or a member of nothing. */
export function writeAttributesOfNothing(disassembly: Disassembly): void {
  const { metadata, options, writtenAttributes } = disassembly;
  if (options.customAttributes === 'none' || options.visibility !== undefined) return;
  const parents = metadata.tables.CustomAttribute.column('Parent');
  for (let rid = 1; rid <= parents.rowCount; rid++) {
    if (writtenAttributes[rid] === 1) continue;
    const token = makeToken(TableId.CustomAttribute, rid);
    limitation(
      disassembly,
      token,
      `The parent of the attribute ${hex(token, 8)} is ${parentText(metadata, parents, rid)}: it has no place in IL`,
    );
    attempt(disassembly, token, () => writeCustomAttribute(disassembly, rid, { comment: true }));
  }
}

function parentText({ tables }: Metadata, parents: Column, rid: number): string {
  const parent = parents.tokenOrBad(rid);
  if (parent === -1) return `not a HasCustomAttribute index (${hex(parents.at(rid))})`;
  if (isNilToken(parent)) return 'nil';
  const table = tableNameOf(parent >>> 24);
  const row = parent & 0xffffff;
  if (table === undefined || !tables[table].has(row)) return `a row that is not there (${table} ${row})`;
  return `${table} ${row}`;
}

/** `.custom (owner) …`, after all declarations: an attribute may be of an assembly that is declared last. */
export function writeOrphanAttributes(disassembly: Disassembly): void {
  const { metadata, namedBy, options } = disassembly;
  if (options.customAttributes === 'none') return;
  for (const [table, owner] of OWNERS) {
    if (!namedBy.customAttribute.hasTable(table)) continue;
    const rowCount = metadata.tables[tableNameOf(table)!].rowCount;
    for (let rid = 1; rid <= rowCount; rid++) {
      const token = makeToken(table as TableId, rid);
      if (!namedBy.customAttribute.has(token)) continue;
      attempt(disassembly, token, () => writeCustomAttributes(disassembly, token, { owner: owner(disassembly, token) }));
    }
  }
}
