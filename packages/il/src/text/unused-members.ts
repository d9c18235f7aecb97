import { type EventToken, type Metadata, makeToken, type PropertyToken, signatureKindOf, TableId, type Token } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { scanInstructions } from '../control-flow/instruction-scan.ts';
import { OperandKind } from '../opcodes/opcode.ts';

/** `.get`, `.set`, `.addon`, `.removeon`, `.fire`: an association has one of each. `.other` may stand more than once. */
const SINGLE_ACCESSORS = 0x3b;

/**
 * The accessor before which strict text names what is used nowhere: of two `.get` in a property ilasm keeps the second, and has made a row for
 * the first. `undefined` where the assembly has no property and no event.
 */
export function hostOfUnusedMembers({ tables: { MethodSemantics } }: Metadata): number | undefined {
  for (let row = 1; row <= MethodSemantics.rowCount; row++) if (MethodSemantics.get(row, 'Semantics') & SINGLE_ACCESSORS) return row;
  return undefined;
}

/** Whether the host is an accessor of this event or property: told without a search, as it is asked for each. */
export function hasHost(metadata: Metadata, association: EventToken | PropertyToken): boolean {
  const host = hostOfUnusedMembers(metadata);
  return host !== undefined && metadata.tables.MethodSemantics.column('Association').tokenOrBad(host) === association;
}

/** Methods of other modules and of instances of generic types that neither code nor another row names. */
export function unusedMethodReferences(image: PEImage, metadata: Metadata): readonly Token[] {
  const { MemberRef } = metadata.tables;
  const used = usedMemberReferences(image, metadata);
  const parents = MemberRef.column('Class');
  const unused: Token[] = [];
  for (let rid = 1; rid <= MemberRef.rowCount; rid++) {
    if (used[rid] === 1) continue;
    const parent = parents.tokenOrBad(rid) >>> 24;
    // A reference to a type of the module itself would become its definition.
    if (parent !== TableId.TypeRef && parent !== TableId.TypeSpec) continue;
    const first = metadata.blobs.get(MemberRef.get(rid, 'Signature'))[0];
    if (first !== undefined && signatureKindOf(first) === 'method') unused.push(makeToken(TableId.MemberRef, rid));
  }
  return unused;
}

/** A byte for each row of MemberRef: 1 where code, an attribute, an instantiation or an override names it. */
function usedMemberReferences(image: PEImage, metadata: Metadata): Uint8Array {
  const { CustomAttribute, MemberRef, MethodImpl, MethodSpec } = metadata.tables;
  const used = new Uint8Array(MemberRef.rowCount + 1);
  const use = (token: number): void => {
    if (token >>> 24 === TableId.MemberRef) used[token & 0xffffff] = 1;
  };
  const columns = [
    CustomAttribute.column('Type'),
    CustomAttribute.column('Parent'),
    MethodSpec.column('Method'),
    MethodImpl.column('MethodBody'),
    MethodImpl.column('MethodDeclaration'),
  ];
  for (const column of columns) for (let rid = 1; rid <= column.rowCount; rid++) use(column.tokenOrBad(rid));
  scanInstructions(image, metadata, (cursor) => {
    const kind = cursor.operandKind;
    if (kind === OperandKind.InlineMethod || kind === OperandKind.InlineField || kind === OperandKind.InlineTok) use(cursor.uint32);
  });
  return used;
}
