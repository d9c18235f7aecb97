import { makeToken, TableId, type Token, type TypeDefOrRefToken, tableNameOf } from '@ijw/metadata';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import { attempt, type Disassembly, limitation } from './disassembly.ts';

type OwnerText = (disassembly: Disassembly, token: Token) => string;

const typeOwner: OwnerText = ({ references }, token) => references.type(token as TypeDefOrRefToken);
const memberOwner: OwnerText = ({ references }, token) => references.anyToken(token);

/**
 * Rows that no directive declares, or none that an attribute can follow: what stands in parentheses for each. ilasm's grammar has types, members
 * and the brackets of assemblies and modules there; a name for the two others it has not.
 */
const OWNERS: readonly (readonly [number, OwnerText | undefined])[] = [
  [TableId.TypeRef, typeOwner],
  [TableId.MemberRef, memberOwner],
  [TableId.DeclSecurity, undefined],
  [TableId.StandAloneSig, undefined],
  [
    TableId.ModuleRef,
    ({ metadata, references }, token) => `[.module ${references.name(metadata.tables.ModuleRef.get(token & 0xffffff, 'Name'))}]`,
  ],
  [TableId.TypeSpec, typeOwner],
  [TableId.AssemblyRef, ({ references }, token) => `[${references.assembly(token & 0xffffff)}]`],
  [TableId.MethodSpec, memberOwner],
];

/** `.custom (owner) …`, after all declarations: an attribute may be of an assembly that is declared last. */
export function writeOrphanAttributes(disassembly: Disassembly): void {
  const { metadata, namedBy, options } = disassembly;
  if (options.customAttributes === 'none') return;
  for (const [table, ownerText] of OWNERS) {
    if (!namedBy.customAttribute.hasTable(table)) continue;
    const rowCount = metadata.tables[tableNameOf(table)!].rowCount;
    for (let rid = 1; rid <= rowCount; rid++) {
      const token = makeToken(table as TableId, rid);
      if (!namedBy.customAttribute.has(token)) continue;
      if (ownerText === undefined)
        limitation(disassembly, token, `The attributes of the ${tableNameOf(table)} row ${rid} have no place in IL`);
      else attempt(disassembly, token, () => writeCustomAttributes(disassembly, token, { owner: ownerText(disassembly, token) }));
    }
  }
}
