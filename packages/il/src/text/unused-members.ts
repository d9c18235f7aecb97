import { ifReadable } from '@ijw/binary';
import { type Metadata, makeToken, TableId, type Token } from '@ijw/metadata';
import { signatureKindOf } from '@ijw/metadata/signatures';
import type { PEImage } from '@ijw/pe';
import { scanInstructions } from '../control-flow/instruction-scan.ts';
import { OperandKind } from '../opcodes/opcode.ts';
import type { Disassembly } from './disassembly.ts';
import { isUndefinedHere } from './pseudo-attribute-text.ts';

/** Strict text names in it what is used nowhere. */
export const HOST_OF_UNUSED_MEMBERS = 0x06000001;
/** More parameters no method has (ECMA-335 II.22.33: the sequence is of 16 bits, and 0 the return value). */
const NO_PARAMETER = 65535;

/**
 * Methods and instantiations that nothing uses, so that the assembler makes their rows again: attributes of a parameter that is not there ilasm drops,
 * when it has made rows for their constructors.
 */
export function writeUnusedMembers(disassembly: Disassembly): void {
  const { references, diagnostics, sink } = disassembly;
  const tokens = unusedMembers(disassembly);
  if (tokens.length === 0) return;
  sink.line(`.param [${NO_PARAMETER}] // no parameter: for members that nothing uses`);
  for (const token of tokens) {
    const text = diagnostics.attempt(() => references.method(token), token);
    if (text === undefined) continue;
    references.write(sink.start().text('.custom '), text);
    sink.end();
  }
}

/** Methods of other modules and of instances of generic types, and MethodSpecs, that neither code nor another row names. */
function unusedMembers(disassembly: Disassembly): readonly Token[] {
  const { image, metadata } = disassembly;
  const { MemberRef, MethodSpec } = metadata.tables;
  const used = usedMembers(image, metadata);
  const parents = MemberRef.column('Class');
  const unused: Token[] = [];
  for (let rid = 1; rid <= MemberRef.rowCount; rid++) {
    if (used.references[rid] === 1) continue;
    const parentToken = parents.tokenOrBad(rid);
    const parent = parentToken >>> 24;
    // A reference to a type of the module itself would become its definition.
    if ((parent !== TableId.TypeRef && parent !== TableId.TypeSpec) || isUndefinedHere(disassembly, parentToken)) continue;
    const first = ifReadable(() => metadata.blobs.get(MemberRef.get(rid, 'Signature')))?.[0];
    if (first !== undefined && signatureKindOf(first) === 'method') unused.push(makeToken(TableId.MemberRef, rid));
  }
  for (let rid = 1; rid <= MethodSpec.rowCount; rid++) {
    if (used.instantiations[rid] !== 1) unused.push(makeToken(TableId.MethodSpec, rid));
  }
  return unused;
}

/** A byte for each row: 1 where code, an attribute, an instantiation or an override names it. */
interface UsedMembers {
  readonly references: Uint8Array;
  readonly instantiations: Uint8Array;
}

function usedMembers(image: PEImage, metadata: Metadata): UsedMembers {
  const { CustomAttribute, MemberRef, MethodImpl, MethodSpec } = metadata.tables;
  const used = { references: new Uint8Array(MemberRef.rowCount + 1), instantiations: new Uint8Array(MethodSpec.rowCount + 1) };
  const use = (token: number): void => {
    if (token >>> 24 === TableId.MemberRef) used.references[token & 0xffffff] = 1;
    else if (token >>> 24 === TableId.MethodSpec) used.instantiations[token & 0xffffff] = 1;
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
