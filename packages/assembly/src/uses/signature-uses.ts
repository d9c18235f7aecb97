import { ifReadable } from '@ijw/binary';
import { fieldFullName, makeToken, methodSignatureOf, TableId, type Token, tokenTable } from '@ijw/metadata';
import { decodeFieldSignature, type TypeNode, typeNodes } from '@ijw/metadata/signatures';
import type { MemberUse } from './member-use.ts';
import { namedTypes } from './named-types.ts';
import { methodText, type SearchedModule } from './searched-module.ts';

/** Fields and methods whose signatures name one of the types. */
export function* signatureUses({ file, metadata, meanings }: SearchedModule): Generator<MemberUse> {
  const { members, constructed } = meanings;
  if (![...members.keys()].some((token) => tokenTable(token) === TableId.TypeDef || tokenTable(token) === TableId.TypeRef)) return;
  const targetIn = (types: Iterable<TypeNode>): string | undefined => {
    for (const type of types)
      for (const token of namedTypes(type)) {
        const target = members.get(token) ?? constructed.get(token);
        if (target !== undefined) return target;
      }
    return undefined;
  };
  const { Field, MethodDef } = metadata.tables;
  for (let rid = 1; rid <= Field.rowCount; rid++) {
    const token = makeToken(TableId.Field, rid);
    const signature = (): Iterable<TypeNode> => [
      decodeFieldSignature(metadata.blobs.reader(Field.get(rid, 'Signature'), 'the signature of a field'), typeNodes),
    ];
    const target = ifReadable(() => targetIn(signature()));
    if (target !== undefined)
      yield { file: file.name, kind: 'reference', in: ifReadable(() => fieldFullName(metadata, token)) ?? '?', token, target };
  }
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    const token: Token = makeToken(TableId.MethodDef, rid);
    const target = ifReadable(() => {
      const { returnType, parameterTypes } = methodSignatureOf(metadata, token);
      return targetIn([returnType, ...parameterTypes]);
    });
    if (target !== undefined) yield { file: file.name, kind: 'reference', in: methodText(metadata, token), token, target };
  }
}
