import { hexDigits } from '@ijw/binary';
import type { Metadata } from '../metadata.ts';
import type { ColumnName } from '../tables/schema.ts';
import type { TableName } from '../tables/table-id.ts';
import { TableId } from '../tables/table-id.ts';
import { makeToken, type Token, tokenTable } from '../tables/token.ts';
import type { SignatureText } from './signature-text.ts';

/** The context of writing a row: the texts of the rows that it refers to. */
interface GrammarText {
  readonly metadata: Metadata;
  readonly signatures: SignatureText;
  of(token: Token): string;
  string(offset: number): string;
}

type Maker = (text: GrammarText) => (rid: number) => string;

const join = (namespace: string, name: string): string => (namespace === '' ? name : `${namespace}.${name}`);

/** `parent::name:SIG`. */
const member =
  (text: GrammarText, parent: (rid: number) => Token, name: (rid: number) => number, signature: (rid: number) => number) =>
  (rid: number): string =>
    `${text.of(parent(rid))}::${text.string(name(rid))}:${text.signatures.any(signature(rid))}`;

/** The text of a row that is a name with something around it. */
const named =
  <N extends TableName>(table: N, before: string, after: string): Maker =>
  (text) => {
    const name = text.metadata.tables[table].column('Name' as ColumnName<N>);
    return (rid) => `${before}${text.string(name.at(rid))}${after}`;
  };

const typeRef: Maker = (text) => {
  const { TypeRef } = text.metadata.tables;
  const [scopes, names, namespaces] = [TypeRef.column('ResolutionScope'), TypeRef.column('Name'), TypeRef.column('Namespace')];
  return (rid) => {
    const name = join(text.string(namespaces.at(rid)), text.string(names.at(rid)));
    const scope = scopes.token(rid);
    if (scope === 0) return `[^]${name}`;
    return tokenTable(scope) === TableId.TypeRef ? `${text.of(scope)}/${name}` : text.of(scope) + name;
  };
};

const typeDef: Maker = (text) => {
  const { metadata } = text;
  const [names, namespaces] = [metadata.tables.TypeDef.column('Name'), metadata.tables.TypeDef.column('Namespace')];
  return (rid) => {
    const name = join(text.string(namespaces.at(rid)), text.string(names.at(rid)));
    const outer = metadata.enclosingType(makeToken(TableId.TypeDef, rid));
    return outer === 0 ? name : `${text.of(outer)}/${name}`;
  };
};

const exportedType: Maker = (text) => {
  const { ExportedType } = text.metadata.tables;
  const [scopes, names] = [ExportedType.column('Implementation'), ExportedType.column('TypeName')];
  const namespaces = ExportedType.column('TypeNamespace');
  return (rid) => {
    const name = join(text.string(namespaces.at(rid)), text.string(names.at(rid)));
    const scope = scopes.token(rid);
    return tokenTable(scope) === TableId.ExportedType ? `${text.of(scope)}/${name}` : `export;${text.of(scope)}${name}`;
  };
};

const property: Maker = (text) => {
  const { metadata } = text;
  const [names, types] = [metadata.tables.Property.column('Name'), metadata.tables.Property.column('Type')];
  const owner = (rid: number) => metadata.declaringType(makeToken(TableId.Property, rid));
  const body = member(
    text,
    owner,
    (rid) => names.at(rid),
    (rid) => types.at(rid),
  );
  return (rid) => `property(${body(rid)})`;
};

/** How a row of each table is written where a token names it; a table that is not here has no text. */
export const tokenGrammar: { readonly [N in TableName]?: Maker } = {
  Module: () => () => '[.]',
  TypeRef: typeRef,
  TypeDef: typeDef,
  Field(text) {
    const { Field } = text.metadata.tables;
    const [names, signatures] = [Field.column('Name'), Field.column('Signature')];
    const owner = (rid: number) => text.metadata.declaringType(makeToken(TableId.Field, rid));
    return member(
      text,
      owner,
      (rid) => names.at(rid),
      (rid) => signatures.at(rid),
    );
  },
  MethodDef(text) {
    const { MethodDef } = text.metadata.tables;
    const [names, signatures] = [MethodDef.column('Name'), MethodDef.column('Signature')];
    const owner = (rid: number) => text.metadata.declaringType(makeToken(TableId.MethodDef, rid));
    return member(
      text,
      owner,
      (rid) => names.at(rid),
      (rid) => signatures.at(rid),
    );
  },
  Param(text) {
    const sequence = text.metadata.tables.Param.column('Sequence');
    return (rid) => `param(${text.of(text.metadata.declaringMethod(makeToken(TableId.Param, rid)))};${sequence.at(rid)})`;
  },
  InterfaceImpl(text) {
    const { InterfaceImpl } = text.metadata.tables;
    const [classes, interfaces] = [InterfaceImpl.column('Class'), InterfaceImpl.column('Interface')];
    return (rid) => `impl(${text.of(classes.token(rid))};${text.of(interfaces.token(rid))})`;
  },
  MemberRef(text) {
    const { MemberRef } = text.metadata.tables;
    const [classes, names, signatures] = [MemberRef.column('Class'), MemberRef.column('Name'), MemberRef.column('Signature')];
    return member(
      text,
      (rid) => classes.token(rid),
      (rid) => names.at(rid),
      (rid) => signatures.at(rid),
    );
  },
  DeclSecurity(text) {
    const { DeclSecurity } = text.metadata.tables;
    const [actions, parents] = [DeclSecurity.column('Action'), DeclSecurity.column('Parent')];
    return (rid) => `sec(${hexDigits(actions.at(rid))};${text.of(parents.token(rid))})`;
  },
  StandAloneSig(text) {
    const signature = text.metadata.tables.StandAloneSig.column('Signature');
    return (rid) => `sas(${text.signatures.any(signature.at(rid))})`;
  },
  Event(text) {
    const { metadata } = text;
    const name = metadata.tables.Event.column('Name');
    return (rid) => `event(${text.of(metadata.declaringType(makeToken(TableId.Event, rid)))}::${text.string(name.at(rid))})`;
  },
  Property: property,
  ModuleRef: named('ModuleRef', '[.module;', ']'),
  TypeSpec(text) {
    const signature = text.metadata.tables.TypeSpec.column('Signature');
    return (rid) => `spec(${text.signatures.type(signature.at(rid))})`;
  },
  Assembly: named('Assembly', 'assembly(', ')'),
  AssemblyRef: named('AssemblyRef', '[', ']'),
  File: named('File', 'file(', ')'),
  ExportedType: exportedType,
  ManifestResource: named('ManifestResource', 'resource(', ')'),
  GenericParam(text) {
    const { GenericParam } = text.metadata.tables;
    const [owners, numbers] = [GenericParam.column('Owner'), GenericParam.column('Number')];
    return (rid) => `gp(${text.of(owners.token(rid))};${numbers.at(rid)})`;
  },
  MethodSpec(text) {
    const { MethodSpec } = text.metadata.tables;
    const [methods, instantiations] = [MethodSpec.column('Method'), MethodSpec.column('Instantiation')];
    return (rid) => `${text.of(methods.token(rid))}{${text.signatures.instantiation(instantiations.at(rid))}}`;
  },
  GenericParamConstraint(text) {
    const { GenericParamConstraint } = text.metadata.tables;
    const [owners, constraints] = [GenericParamConstraint.column('Owner'), GenericParamConstraint.column('Constraint')];
    return (rid) => `gpc(${text.of(owners.token(rid))};${text.of(constraints.token(rid))})`;
  },
};
