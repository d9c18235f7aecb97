import { makeToken, TableId, type Token, type TypeDefOrRefToken, tableNameOf } from '@ijw/metadata';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import { attempt, type Disassembly, limitation } from './disassembly.ts';

/** Reads what names a row, and gives what writes it. */
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
 * and the brackets of assemblies and modules there; a name for the two others it has not.
 */
const OWNERS: readonly (readonly [number, Owner | undefined])[] = [
  [TableId.TypeRef, typeOwner],
  [TableId.MemberRef, memberOwner],
  [TableId.DeclSecurity, undefined],
  [TableId.StandAloneSig, undefined],
  [TableId.ModuleRef, moduleOwner],
  [TableId.TypeSpec, typeOwner],
  [TableId.AssemblyRef, assemblyOwner],
  [TableId.MethodSpec, memberOwner],
];

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
      if (owner === undefined) limitation(disassembly, token, `The attributes of the ${tableNameOf(table)} row ${rid} have no place in IL`);
      else attempt(disassembly, token, () => writeCustomAttributes(disassembly, token, { owner: owner(disassembly, token) }));
    }
  }
}
