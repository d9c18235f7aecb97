import { ifReadable } from '@ijw/binary';
import { type MethodBody, MethodBodySource, methodsWithCode } from '@ijw/il';
import { fieldFullName, type Metadata, makeToken, methodSignatureOf, TableId, type Token } from '@ijw/metadata';
import { decodeFieldSignature, decodeLocalSignature, typeNodes } from '@ijw/metadata/signatures';
import { ownerText } from '../members/owner-text.ts';
import type { MemberUse } from './member-use.ts';
import { methodText, type SearchedModule } from './searched-module.ts';
import type { SubjectTypes } from './subject-types.ts';

/** Fields, methods and constraints that name one of the types: in signatures, in the locals and the catch clauses of methods. */
export function* signatureUses(module: SearchedModule): Generator<MemberUse> {
  if (module.meanings.types.isEmpty) return;
  yield* fieldUses(module);
  yield* methodUses(module);
  yield* constraintUses(module);
}

function* fieldUses({ file, metadata, meanings: { types } }: SearchedModule): Generator<MemberUse> {
  const { Field } = metadata.tables;
  for (let rid = 1; rid <= Field.rowCount; rid++) {
    const token = makeToken(TableId.Field, rid);
    const target = ifReadable(() =>
      types.namedIn([decodeFieldSignature(metadata.blobs.reader(Field.get(rid, 'Signature'), 'the signature of a field'), typeNodes)]),
    );
    if (target !== undefined)
      yield { file: file.name, kind: 'reference', in: ifReadable(() => fieldFullName(metadata, token)) ?? '?', token, target };
  }
}

function* methodUses({ file, metadata, meanings: { types } }: SearchedModule): Generator<MemberUse> {
  const { image } = file.assembly;
  const inBodies = image === undefined ? new Map<Token, string>() : typesInBodies(new MethodBodySource(image), metadata, types);
  for (let rid = 1; rid <= metadata.tables.MethodDef.rowCount; rid++) {
    const token: Token = makeToken(TableId.MethodDef, rid);
    const named = ifReadable(() => {
      const { returnType, parameterTypes } = methodSignatureOf(metadata, token);
      return types.namedIn([returnType, ...parameterTypes]);
    });
    const target = named ?? inBodies.get(token);
    if (target !== undefined) yield { file: file.name, kind: 'reference', in: methodText(metadata, token), token, target };
  }
}

/** Of each method whose locals or catch clauses name one of the types: that type. */
function typesInBodies(source: MethodBodySource, metadata: Metadata, types: SubjectTypes): ReadonlyMap<Token, string> {
  const locals = typesInLocals(metadata, types);
  const caught = ({ exceptionClauses }: MethodBody): string | undefined => {
    for (const { kind, classTokenOrFilterOffset } of exceptionClauses) {
      const text = kind === 'catch' ? types.byToken(classTokenOrFilterOffset as Token) : undefined;
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const found = new Map<Token, string>();
  for (const { isIL, rva, token } of methodsWithCode(metadata)) {
    const body = isIL ? ifReadable(() => source.read(rva, token)) : undefined;
    const text = body && (locals.get(body.localVarSigToken) ?? caught(body));
    if (text !== undefined) found.set(token, text);
  }
  return found;
}

/** By the token of a StandAloneSig: the type that its locals name. */
function typesInLocals(metadata: Metadata, types: SubjectTypes): ReadonlyMap<number, string> {
  const { StandAloneSig } = metadata.tables;
  const found = new Map<number, string>();
  for (let rid = 1; rid <= StandAloneSig.rowCount; rid++) {
    // Signatures of calls are among the rows, and are not read as locals.
    const text = ifReadable(() =>
      types.namedIn(decodeLocalSignature(metadata.blobs.reader(StandAloneSig.get(rid, 'Signature'), 'the locals of a method'), typeNodes)),
    );
    if (text !== undefined) found.set(makeToken(TableId.StandAloneSig, rid), text);
  }
  return found;
}

function* constraintUses({ file, metadata, meanings: { types } }: SearchedModule): Generator<MemberUse> {
  const { GenericParam, GenericParamConstraint } = metadata.tables;
  const constraints = GenericParamConstraint.column('Constraint');
  for (let rid = 1; rid <= GenericParamConstraint.rowCount; rid++) {
    const constraint = constraints.tokenOrBad(rid);
    const target = constraint === -1 ? undefined : types.byToken(constraint);
    const token = target && ifReadable(() => GenericParam.column('Owner').token(GenericParamConstraint.get(rid, 'Owner')));
    if (target !== undefined && token) yield { file: file.name, kind: 'reference', in: ownerText(metadata, token), token, target };
  }
}
