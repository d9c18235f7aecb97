import { BadImageError, hex } from '@ijw/binary';
import {
  decodeFieldSignature,
  decodeMethodSignature,
  decodeMethodSpec,
  decodeTypeSpec,
  type FieldToken,
  type Metadata,
  type MethodDefToken,
  type MethodSignature,
  makeToken,
  signatureKindOf,
  TableId,
  type Token,
  type TypeDefOrRefToken,
  type TypeDefToken,
  tokenRid,
  tokenTable,
} from '@ijw/metadata';
import type { Identifiers } from './lexical/identifier.ts';
import { conventionText, parameterTexts, TypeText } from './type-text.ts';

/** The lower three bits of a member's flags; 0 is `privatescope`. */
const ACCESS = 7;
/** Types that enclose or describe each other deeper than this are a loop. */
const MAX_DEPTH = 100;

/** What tokens are called in IL text. A type is read once; members are kept by those who write them often. */
export class ReferenceText {
  readonly metadata: Metadata;
  readonly identifiers: Identifiers;
  readonly types: TypeText;
  readonly #assemblyAliases = new Map<number, string>();
  readonly #types = new Map<number, string>();
  /** Names by their place in the heap: both columns of a qualified one. */
  readonly #names = new Map<number, string>();
  readonly #words = new Map<number, string>();
  /** Compilers write a signature once, whatever has it: these are kept by their blob. */
  readonly #fieldTypes = new Map<number, string>();
  #depth = 0;

  constructor(metadata: Metadata, identifiers: Identifiers) {
    this.metadata = metadata;
    this.identifiers = identifiers;
    this.types = new TypeText((token) => this.type(token));
    this.#nameAssemblies();
  }

  /** References to two assemblies of one name are told apart by an alias. */
  #nameAssemblies(): void {
    const { AssemblyRef } = this.metadata.tables;
    const seen = new Set<string>();
    for (let rid = 1; rid <= AssemblyRef.rowCount; rid++) {
      const name = this.metadata.strings.get(AssemblyRef.get(rid, 'Name'));
      let alias = name;
      for (let number = 1; seen.has(alias); number++) alias = `${name}_${number}`;
      seen.add(alias);
      this.#assemblyAliases.set(rid, alias);
    }
  }

  /** The name under which the text refers to a row of AssemblyRef. */
  assembly(rid: number): string {
    const alias = this.#assemblyAliases.get(rid);
    if (alias === undefined) throw this.#badToken(makeToken(TableId.AssemblyRef, rid));
    return this.identifiers.dotted(alias);
  }

  /** A type where a name is wanted: `[assembly]Ns.Outer/Inner`; a TypeSpec as its type. @throws BadImageError */
  type(token: TypeDefOrRefToken): string {
    const known = this.#types.get(token);
    if (known !== undefined) return known;
    if (this.#depth >= MAX_DEPTH) throw this.#badToken(token, 'is part of itself');
    this.#depth++;
    try {
      const text = this.#typeText(token);
      this.#types.set(token, text);
      return text;
    } finally {
      this.#depth--;
    }
  }

  #typeText(token: TypeDefOrRefToken): string {
    switch (tokenTable(token)) {
      case TableId.TypeDef:
        return this.#typeDefinition(token as TypeDefToken);
      case TableId.TypeRef:
        return this.#typeReference(tokenRid(token));
      case TableId.TypeSpec:
        return this.#typeSpecification(tokenRid(token));
      default:
        throw this.#badToken(token);
    }
  }

  #typeDefinition(token: TypeDefToken): string {
    const { TypeDef } = this.metadata.tables;
    const rid = tokenRid(token);
    const name = this.qualified(TypeDef.get(rid, 'Namespace'), TypeDef.get(rid, 'Name'));
    const enclosing = this.metadata.enclosingType(token);
    return tokenRid(enclosing) === 0 ? name : `${this.type(enclosing)}/${name}`;
  }

  #typeReference(rid: number): string {
    const { TypeRef, ModuleRef } = this.metadata.tables;
    const name = this.qualified(TypeRef.get(rid, 'Namespace'), TypeRef.get(rid, 'Name'));
    const scope = TypeRef.column('ResolutionScope').token(rid);
    const target = tokenRid(scope);
    if (target === 0) return `[*]${name}`;
    switch (tokenTable(scope)) {
      case TableId.AssemblyRef:
        return `[${this.assembly(target)}]${name}`;
      case TableId.ModuleRef:
        return `[.module ${this.identifiers.dotted(this.metadata.strings.get(ModuleRef.get(target, 'Name')))}]${name}`;
      case TableId.TypeRef:
        return `${this.type(scope as TypeDefOrRefToken)}/${name}`;
      default:
        return name;
    }
  }

  #typeSpecification(rid: number): string {
    const blob = this.metadata.tables.TypeSpec.get(rid, 'Signature');
    return decodeTypeSpec(this.metadata.blobs.reader(blob, 'a TypeSpec'), this.types);
  }

  /** A type where a type is wanted: `class [assembly]Ns.Name` is what signatures write, and ilasm takes the bare name too. */
  qualified(namespace: number, name: number): string {
    if (namespace === 0) return this.name(name);
    const { strings } = this.metadata;
    const space = strings.get(namespace);
    const simple = strings.get(name);
    return this.identifiers.dotted(space === '' ? simple : `${space}.${simple}`);
  }

  /** The name at a place of the #Strings heap. @throws BadImageError */
  name(offset: number): string {
    let text = this.#names.get(offset);
    if (text === undefined) {
      text = this.identifiers.dotted(this.metadata.strings.get(offset));
      this.#names.set(offset, text);
    }
    return text;
  }

  /** The name of one word at a place of the #Strings heap; nothing for one that is empty. @throws BadImageError */
  word(offset: number): string {
    let text = this.#words.get(offset);
    if (text === undefined) {
      const name = this.metadata.strings.get(offset);
      text = name === '' ? '' : this.identifiers.simple(name);
      this.#words.set(offset, text);
    }
    return text;
  }

  /** A method where an instruction or a directive names it, with return type, parent and parameters. @throws BadImageError */
  method(token: Token): string {
    const rid = tokenRid(token);
    switch (tokenTable(token)) {
      case TableId.MethodDef:
        return this.#methodDefinition(rid, '');
      case TableId.MemberRef:
        return this.#memberReference(rid, '');
      case TableId.MethodSpec:
        return this.#methodSpecification(rid);
      default:
        throw this.#badToken(token);
    }
  }

  #methodDefinition(rid: number, instantiation: string): string {
    const { MethodDef } = this.metadata.tables;
    const signature = this.methodSignature(MethodDef.get(rid, 'Signature'));
    const owner = this.metadata.declaringType(makeToken(TableId.MethodDef, rid));
    return methodText(signature, this.parent(owner), this.methodName(rid), instantiation);
  }

  /** The name of a MethodDef: one that is compilercontrolled carries its token, so that no other can be meant. */
  methodName(rid: number): string {
    const { MethodDef } = this.metadata.tables;
    return this.#memberName(MethodDef.get(rid, 'Name'), MethodDef.get(rid, 'Flags'), makeToken(TableId.MethodDef, rid));
  }

  #memberName(name: number, flags: number, token: Token): string {
    if (flags & ACCESS) return this.name(name);
    return this.identifiers.dotted(`${this.metadata.strings.get(name)}$PST${token.toString(16).toUpperCase().padStart(8, '0')}`);
  }

  #memberReference(rid: number, instantiation: string): string {
    const { MemberRef } = this.metadata.tables;
    const name = this.name(MemberRef.get(rid, 'Name'));
    const signature = this.methodSignature(MemberRef.get(rid, 'Signature'));
    const parent = MemberRef.column('Class').token(rid);
    if (tokenTable(parent) !== TableId.MethodDef) return methodText(signature, this.parent(parent), name, instantiation);
    const owner = this.metadata.declaringType(parent as MethodDefToken);
    return methodText(signature, this.parent(owner), this.methodName(tokenRid(parent)), instantiation);
  }

  #methodSpecification(rid: number): string {
    const { MethodSpec } = this.metadata.tables;
    const blob = this.metadata.blobs.reader(MethodSpec.get(rid, 'Instantiation'), 'a MethodSpec');
    const instantiation = `<${decodeMethodSpec(blob, this.types).join(',')}>`;
    const method = MethodSpec.column('Method').token(rid);
    return tokenTable(method) === TableId.MethodDef
      ? this.#methodDefinition(tokenRid(method), instantiation)
      : this.#memberReference(tokenRid(method), instantiation);
  }

  /** What stands before `::`; nothing for members of the module itself. */
  parent(token: Token): string {
    const rid = tokenRid(token);
    if (tokenTable(token) === TableId.ModuleRef) {
      return `[.module ${this.identifiers.dotted(this.metadata.strings.get(this.metadata.tables.ModuleRef.get(rid, 'Name')))}]::`;
    }
    return rid === 0 || token === makeToken(TableId.TypeDef, 1) ? '' : `${this.type(token as TypeDefOrRefToken)}::`;
  }

  /** A field with its type and parent. @throws BadImageError */
  field(token: Token): string {
    const { Field, MemberRef } = this.metadata.tables;
    const rid = tokenRid(token);
    if (tokenTable(token) === TableId.Field) {
      const owner = this.metadata.declaringType(token as FieldToken);
      return `${this.fieldType(Field.get(rid, 'Signature'))} ${this.parent(owner)}${this.fieldName(rid)}`;
    }
    if (tokenTable(token) !== TableId.MemberRef) throw this.#badToken(token);
    const parent = this.parent(MemberRef.column('Class').token(rid));
    return `${this.fieldType(MemberRef.get(rid, 'Signature'))} ${parent}${this.name(MemberRef.get(rid, 'Name'))}`;
  }

  fieldName(rid: number): string {
    const { Field } = this.metadata.tables;
    return this.#memberName(Field.get(rid, 'Name'), Field.get(rid, 'Flags'), makeToken(TableId.Field, rid));
  }

  fieldType(blob: number): string {
    let text = this.#fieldTypes.get(blob);
    if (text === undefined) {
      text = decodeFieldSignature(this.metadata.blobs.reader(blob, 'a field signature'), this.types);
      this.#fieldTypes.set(blob, text);
    }
    return text;
  }

  methodSignature(blob: number): MethodSignature<string> {
    return decodeMethodSignature(this.metadata.blobs.reader(blob, 'a method signature'), this.types);
  }

  /** The operand of `ldtoken`: types as they are, members with the word that tells them. @throws BadImageError */
  anyToken(token: Token): string {
    switch (tokenTable(token)) {
      case TableId.TypeDef:
      case TableId.TypeRef:
      case TableId.TypeSpec:
        return this.type(token as TypeDefOrRefToken);
      case TableId.Field:
        return `field ${this.field(token)}`;
      case TableId.MemberRef:
        return this.#isField(tokenRid(token)) ? `field ${this.field(token)}` : `method ${this.method(token)}`;
      default:
        return `method ${this.method(token)}`;
    }
  }

  #isField(rid: number): boolean {
    const blob = this.metadata.blobs.get(this.metadata.tables.MemberRef.get(rid, 'Signature'));
    return blob.length > 0 && signatureKindOf(blob[0]!) === 'field';
  }

  /** The signature of a `calli`. @throws BadImageError */
  standAloneSignature(token: Token): string {
    if (tokenTable(token) !== TableId.StandAloneSig) throw this.#badToken(token);
    const signature = this.methodSignature(this.metadata.tables.StandAloneSig.get(tokenRid(token), 'Signature'));
    return `${conventionText(signature.header)}${signature.returnType}(${parameterTexts(signature).join(', ')})`;
  }

  /** Whether the text has named a type. */
  isNamed(token: Token): boolean {
    return this.#types.has(token);
  }

  #badToken(token: number, message = 'is no token of that kind'): BadImageError {
    return new BadImageError({
      code: 'BAD_TOKEN',
      offset: this.metadata.place.base,
      reading: 'a token in IL text',
      message: `${hex(token, 8)} ${message}`,
    });
  }
}

/** `instance void Parent::Name<int32>(int32, string)`; a reference to a generic method as such has its arity, `<[1]>`. */
function methodText(signature: MethodSignature<string>, parent: string, name: string, instantiation: string): string {
  const generic = instantiation === '' && signature.genericParameterCount > 0 ? `<[${signature.genericParameterCount}]>` : instantiation;
  return `${conventionText(signature.header)}${signature.returnType} ${parent}${name}${generic}(${parameterTexts(signature).join(', ')})`;
}
