import { BadImageError, type Diagnostics, hex, hexDigits } from '@ijw/binary';
import {
  type FieldToken,
  type Metadata,
  type MethodDefToken,
  makeToken,
  TableId,
  type Token,
  type TypeDefOrRefToken,
  type TypeDefToken,
  tokenRid,
  tokenTable,
} from '@ijw/metadata';
import { type MethodSignature, SignatureDecoder, signatureKindOf } from '@ijw/metadata/signatures';
import { MODULE_ROW } from './class-nesting.ts';
import { HeapNames } from './lexical/heap-names.ts';
import type { Identifiers } from './lexical/identifier.ts';
import type { MemberColumns } from './member-columns.ts';
import { NumberedNames } from './numbered-names.ts';
import { TextSink } from './text-sink.ts';
import { TokenTexts } from './token-texts.ts';
import { conventionText, type LossSink, TypeText, writeParameterTypes } from './type-text.ts';

/** The lower three bits of a member's flags; 0 is `privatescope`. */
const ACCESS = 7;
/** Types that enclose or describe each other deeper than this are a loop. */
const MAX_DEPTH = 100;
/** Types may name each other so that the text of one is twice that of the next: no compiler writes a text of so many bytes. */
const MAX_LENGTH = 0x1000000;

const isType = (token: Token): boolean => {
  const table = tokenTable(token);
  return table === TableId.TypeDef || table === TableId.TypeRef || table === TableId.TypeSpec;
};

export interface ReferenceTextOptions {
  readonly identifiers: Identifiers;
  /** Where names that the heap does not have are recorded. */
  readonly diagnostics: Diagnostics;
  /** Given where the text is for ilasm. */
  readonly losses?: LossSink | undefined;
}

/**
 * The names of tokens in IL text. The text of a type or a member is made once and kept as bytes. Texts are put together at the end of one buffer, from
 * which they are taken back once they stand where they are wanted.
 */
export class ReferenceText {
  readonly metadata: Metadata;
  readonly #columns: MemberColumns;
  readonly identifiers: Identifiers;
  readonly names: HeapNames;
  /** Where texts are put together. The one of the member that is being written lies first, until the next one's. */
  readonly buffer = new TextSink();
  readonly #texts: TokenTexts;
  readonly #types: TypeText;
  /** One for each type within a type. */
  readonly #decoders: SignatureDecoder<number>[] = [];
  readonly #assemblyAliases = new Map<number, string>();
  readonly #namesModule: boolean;
  #depth = 0;

  constructor(metadata: Metadata, columns: MemberColumns, { identifiers, diagnostics, losses }: ReferenceTextOptions) {
    this.metadata = metadata;
    this.#columns = columns;
    this.identifiers = identifiers;
    this.names = new HeapNames(metadata.strings, identifiers, diagnostics);
    this.#namesModule = losses === undefined;
    this.#texts = new TokenTexts(metadata);
    this.#types = new TypeText(this.buffer, (token) => this.#writeNamed(token), losses);
    this.#nameAssemblies();
  }

  /** References to two assemblies of one name are told apart by an alias. */
  #nameAssemblies(): void {
    const { AssemblyRef } = this.metadata.tables;
    const aliases = new NumberedNames();
    for (let rid = 1; rid <= AssemblyRef.rowCount; rid++)
      this.#assemblyAliases.set(rid, aliases.take(this.names.string(AssemblyRef.get(rid, 'Name'))));
  }

  /** The name under which the text refers to a row of AssemblyRef. */
  assembly(rid: number): string {
    const alias = this.#assemblyAliases.get(rid);
    if (alias === undefined) throw this.#badToken(makeToken(TableId.AssemblyRef, rid));
    return this.identifiers.dotted(alias);
  }

  /** Writes the text that was made for a token. */
  write(sink: TextSink, text: number): void {
    this.#texts.write(sink, text);
  }

  /** Whether the text has named a type. */
  isNamed(token: Token): boolean {
    return this.#texts.startOf(token) !== 0;
  }

  /** A type where a name is wanted: `[assembly]Ns.Outer/Inner`; a TypeSpec as its type. @returns what `write` takes @throws BadImageError */
  type(token: TypeDefOrRefToken): number {
    if (!isType(token)) throw this.#badToken(token);
    const known = this.#texts.startOf(token);
    if (known !== 0) return known;
    if (this.#depth >= MAX_DEPTH) throw this.#badToken(token, 'is part of itself');
    this.#depth++;
    try {
      return this.#kept(token, (start) => {
        this.#writeType(token);
        return start;
      });
    } finally {
      this.#depth--;
    }
  }

  /** Keeps what is written to the end of the buffer, from where `write` says, as the text of a token, and takes it back. */
  #kept(token: Token, write: (start: number) => number): number {
    const start = this.buffer.length;
    try {
      return this.#texts.keep(token, this.buffer, write(start));
    } finally {
      this.buffer.truncate(start);
    }
  }

  writeType(sink: TextSink, token: TypeDefOrRefToken): void {
    this.write(sink, this.type(token));
  }

  #writeNamed(token: TypeDefOrRefToken): void {
    this.writeType(this.buffer, token);
    if (this.buffer.length > MAX_LENGTH) throw this.#badToken(token, 'stands in a text that is too long');
  }

  #writeType(token: TypeDefOrRefToken): void {
    const { TypeDef, TypeSpec } = this.metadata.tables;
    const rid = tokenRid(token);
    switch (tokenTable(token)) {
      case TableId.TypeDef: {
        const enclosing = this.metadata.enclosingType(token as TypeDefToken);
        // For ilasm, a type within <Module> is one without an enclosing type.
        if (tokenRid(enclosing) > MODULE_ROW || (tokenRid(enclosing) === MODULE_ROW && this.#namesModule)) this.#writeEnclosing(enclosing);
        this.writeQualified(this.buffer, TypeDef.get(rid, 'Namespace'), TypeDef.get(rid, 'Name'));
        break;
      }
      case TableId.TypeRef:
        this.#writeTypeReference(rid);
        break;
      case TableId.TypeSpec:
        this.#decoder().open(this.metadata.blobs, TypeSpec.get(rid, 'Signature'), 'a TypeSpec').type();
    }
  }

  #writeEnclosing(token: TypeDefOrRefToken): void {
    this.#writeNamed(token);
    this.buffer.text('/');
  }

  #writeTypeReference(rid: number): void {
    const { TypeRef } = this.metadata.tables;
    const scope = TypeRef.column('ResolutionScope').token(rid);
    const target = tokenRid(scope);
    const table = tokenTable(scope);
    if (target === 0) this.buffer.text('[*]');
    else if (table === TableId.AssemblyRef) this.buffer.text(`[${this.assembly(target)}]`);
    else if (table === TableId.ModuleRef) this.buffer.text(this.#module(target));
    else if (table === TableId.TypeRef) this.#writeEnclosing(scope as TypeDefOrRefToken);
    this.writeQualified(this.buffer, TypeRef.get(rid, 'Namespace'), TypeRef.get(rid, 'Name'));
  }

  #module(rid: number): string {
    const { ModuleRef } = this.metadata.tables;
    return `[.module ${this.identifiers.dotted(this.names.string(ModuleRef.get(rid, 'Name')))}]`;
  }

  /** The decoder of this depth: a type that a signature names may be a signature of its own. */
  #decoder(): SignatureDecoder<number> {
    this.#decoders[this.#depth] ??= new SignatureDecoder(this.#types);
    return this.#decoders[this.#depth]!;
  }

  /** `Ns.Name`, by the places of both in the #Strings heap. */
  writeQualified(sink: TextSink, namespace: number, name: number): void {
    const { names } = this;
    if (names.isEmpty(namespace)) {
      names.write(sink, name);
      return;
    }
    const namespaceEnd = names.plainEnd(namespace, true);
    const nameEnd = namespaceEnd < 0 ? namespaceEnd : names.plainEnd(name, true);
    if (nameEnd < 0) sink.text(this.#quotedPair(namespace, name));
    else names.writePlain(names.writePlain(sink, namespace, namespaceEnd).text('.'), name, nameEnd);
  }

  /** Where a part needs quotes, the name is quoted by what it is as a whole. */
  #quotedPair(namespace: number, name: number): string {
    return this.identifiers.dotted(`${this.names.string(namespace)}.${this.names.string(name)}`);
  }

  /** A method where an instruction or a directive names it, with return type, parent and parameters. @returns what `write` takes @throws BadImageError */
  method(token: Token): number {
    const known = this.#texts.startOf(token);
    if (known !== 0) return known;
    const rid = tokenRid(token);
    switch (tokenTable(token)) {
      case TableId.MethodDef:
      case TableId.MemberRef:
        return this.#member(token, token);
      case TableId.MethodSpec:
        return this.#member(token, this.metadata.tables.MethodSpec.column('Method').token(rid));
      default:
        throw this.#badToken(token);
    }
  }

  writeMethod(sink: TextSink, token: Token): void {
    this.write(sink, this.method(token));
  }

  /** Makes the text of a method, or of an instance of it: the arguments of the instance, then the signature, then the text that takes from both. */
  #member(token: Token, method: Token): number {
    const { buffer } = this;
    return this.#kept(token, (start) => {
      if (token !== method) this.#writeInstantiation(tokenRid(token));
      const instantiationEnd = buffer.length;
      const isDefinition = tokenTable(method) === TableId.MethodDef;
      const column = isDefinition ? this.#columns.method.signature : this.metadata.tables.MemberRef.column('Signature');
      const signature = this.#signature(column.at(tokenRid(method)));
      const { header, genericParameterCount, returnType, parameterTypes } = signature;
      const end = buffer.length;
      buffer.text(conventionText(header));
      buffer.run(buffer.view, returnType, parameterTypes[0] ?? end).text(' ');
      if (isDefinition) this.#writeDefinition(method as MethodDefToken);
      else this.#writeReference(tokenRid(method));
      if (token !== method) buffer.run(buffer.view, start, instantiationEnd);
      // A reference to a generic method as such has its arity.
      else if (genericParameterCount > 0) buffer.text(`<[${genericParameterCount}]>`);
      buffer.text('(');
      writeParameterTypes(buffer, buffer, signature, end);
      buffer.text(')');
      return end;
    });
  }

  #writeInstantiation(rid: number): void {
    const start = this.buffer.length;
    const blob = this.metadata.tables.MethodSpec.get(rid, 'Instantiation');
    this.#types.genericInstance(start, this.#decoder().open(this.metadata.blobs, blob, 'a MethodSpec').methodSpec());
  }

  #writeDefinition(token: MethodDefToken): void {
    this.#writeParent(this.metadata.declaringType(token));
    this.writeMethodName(this.buffer, tokenRid(token));
  }

  #writeReference(rid: number): void {
    const { MemberRef } = this.metadata.tables;
    const parent = MemberRef.column('Class').token(rid);
    if (tokenTable(parent) === TableId.MethodDef) this.#writeDefinition(parent as MethodDefToken);
    else {
      this.#writeParent(parent);
      this.names.write(this.buffer, MemberRef.get(rid, 'Name'));
    }
  }

  /** The text before `::`; nothing for members of the module itself. */
  #writeParent(token: Token): void {
    const rid = tokenRid(token);
    if (tokenTable(token) === TableId.ModuleRef) this.buffer.text(this.#module(rid));
    else if (rid === 0 || token === makeToken(TableId.TypeDef, 1)) return;
    else this.#writeNamed(token as TypeDefOrRefToken);
    this.buffer.text('::');
  }

  /** The name of a MethodDef: one that is compilercontrolled carries its token, so that no other can be meant. */
  writeMethodName(sink: TextSink, rid: number): void {
    const { name, flags } = this.#columns.method;
    this.#writeMemberName(sink, name.at(rid), flags.at(rid), makeToken(TableId.MethodDef, rid));
  }

  writeFieldName(sink: TextSink, rid: number): void {
    const { name, flags } = this.#columns.field;
    this.#writeMemberName(sink, name.at(rid), flags.at(rid), makeToken(TableId.Field, rid));
  }

  #writeMemberName(sink: TextSink, name: number, flags: number, token: Token): void {
    if (flags & ACCESS) this.names.write(sink, name);
    else sink.text(this.identifiers.dotted(`${this.names.string(name)}$PST${hexDigits(token, 8).toUpperCase()}`));
  }

  /** A field with its type and parent. @returns what `write` takes @throws BadImageError */
  field(token: Token): number {
    const known = this.#texts.startOf(token);
    if (known !== 0) return known;
    return this.#kept(token, (start) => {
      this.#writeField(token);
      return start;
    });
  }

  #writeField(token: Token): void {
    const { buffer } = this;
    const { MemberRef } = this.metadata.tables;
    const rid = tokenRid(token);
    if (tokenTable(token) === TableId.Field) {
      this.#fieldType(this.#columns.field.signature.at(rid));
      buffer.text(' ');
      this.#writeParent(this.metadata.declaringType(token as FieldToken));
      this.writeFieldName(buffer, rid);
    } else if (tokenTable(token) === TableId.MemberRef) {
      this.#fieldType(MemberRef.get(rid, 'Signature'));
      buffer.text(' ');
      this.#writeParent(MemberRef.column('Class').token(rid));
      this.names.write(buffer, MemberRef.get(rid, 'Name'));
    } else throw this.#badToken(token);
  }

  /** The operand of `ldtoken`: a type or a member. @returns what `writeAnyToken` takes @throws BadImageError */
  anyToken(token: Token): number {
    if (isType(token)) return this.type(token as TypeDefOrRefToken);
    return this.#isField(token) ? this.field(token) : this.method(token);
  }

  /** A type as it is, a member with the word that tells which. */
  writeAnyToken(sink: TextSink, token: Token, text: number): void {
    if (!isType(token)) sink.text(this.#isField(token) ? 'field ' : 'method ');
    this.write(sink, text);
  }

  #isField(token: Token): boolean {
    if (tokenTable(token) !== TableId.MemberRef) return tokenTable(token) === TableId.Field;
    const { blobs } = this.metadata;
    const blob = this.metadata.tables.MemberRef.get(tokenRid(token), 'Signature');
    return blobs.open(blob) > 0 && signatureKindOf(blobs.bytes[blobs.start(blob)]!) === 'field';
  }

  /** The signature of a `calli`. @returns what `write` takes @throws BadImageError */
  standAloneSignature(token: Token): number {
    if (tokenTable(token) !== TableId.StandAloneSig) throw this.#badToken(token);
    const known = this.#texts.startOf(token);
    if (known !== 0) return known;
    const { buffer } = this;
    return this.#kept(token, () => {
      const signature = this.#signature(this.metadata.tables.StandAloneSig.get(tokenRid(token), 'Signature'));
      const { header, returnType, parameterTypes } = signature;
      const end = buffer.length;
      buffer.text(conventionText(header));
      buffer.run(buffer.view, returnType, parameterTypes[0] ?? end).text('(');
      writeParameterTypes(buffer, buffer, signature, end);
      buffer.text(')');
      return end;
    });
  }

  /** Empties the buffer, and decodes the signature of a method or a property to it, type behind type. @throws BadImageError */
  signature(blob: number): MethodSignature<number> {
    this.buffer.truncate(0);
    return this.#signature(blob);
  }

  /** As `signature`: a field's type. */
  fieldType(blob: number): void {
    this.buffer.truncate(0);
    this.#fieldType(blob);
  }

  /** As `signature`: the types of local variables. */
  locals(blob: number): readonly number[] {
    this.buffer.truncate(0);
    return this.#decoder().open(this.metadata.blobs, blob, 'a local signature').locals();
  }

  #signature(blob: number): MethodSignature<number> {
    return this.#decoder().open(this.metadata.blobs, blob, 'a method signature').method();
  }

  #fieldType(blob: number): void {
    this.#decoder().open(this.metadata.blobs, blob, 'a field signature').field();
  }

  #badToken(token: number, message = 'is not a token of that kind'): BadImageError {
    return new BadImageError({
      code: 'BAD_TOKEN',
      offset: this.metadata.place.base,
      reading: 'a token in IL text',
      message: `${hex(token, 8)} ${message}`,
    });
  }
}
