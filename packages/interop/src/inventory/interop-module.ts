import type { Assembly } from '@ijw/assembly';
import { type Diagnostics, ifReadable } from '@ijw/binary';
import {
  type Metadata,
  type MethodDefToken,
  makeToken,
  methodFullName,
  TableId,
  type Token,
  type TypeDefToken,
  tokenRid,
  tokenTable,
  typeFullName,
} from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { AttributeIndex } from './attribute-index.ts';
import { type PlatformInvokeMethod, readPlatformInvokes } from './platform-invoke-method.ts';
import { readPointerUses, readSignatureUses, type SignatureUses } from './signature-uses.ts';

/** Chains of base types longer than this are a loop or not meant to be read. */
const MAX_BASES = 100;

/** The names of all types of an assembly that was ever built are shorter; rows of a hostile one may share a long name. */
const MAX_CHARACTERS = 1 << 25;

/** One module for the interop analyses: the assembly, and the facts that several of them need, each read at its first use. */
export class InteropModule {
  readonly assembly: Assembly;
  readonly metadata: Metadata;
  /** Rows that cannot be read are reported here and passed over. */
  readonly diagnostics: Diagnostics;
  readonly #typeNames = new Map<Token, string>();
  #characters = 0;
  #attributes: AttributeIndex | undefined;
  #platformInvokes: readonly PlatformInvokeMethod[] | undefined;
  #signatures: SignatureUses | undefined;
  #pointers: Pick<SignatureUses, 'functionPointers' | 'callSites'> | undefined;

  /** @throws UnsupportedError where the assembly has no metadata; BadImageError */
  constructor(assembly: Assembly, diagnostics = assembly.diagnostics) {
    this.assembly = assembly;
    this.metadata = assembly.requireMetadata();
    this.diagnostics = diagnostics;
    this.metadata.budget.renew();
  }

  /** Absent for metadata that stands alone. */
  get image(): PEImage | undefined {
    return this.assembly.image;
  }

  get attributes(): AttributeIndex {
    this.#attributes ??= new AttributeIndex(this.metadata, (token) => this.typeName(token));
    return this.#attributes;
  }

  /** Methods that lead out of managed code, by the order of the MethodDef table. */
  get platformInvokes(): readonly PlatformInvokeMethod[] {
    this.#platformInvokes ??= readPlatformInvokes(this.metadata, this.diagnostics, (type) => this.typeName(type));
    return this.#platformInvokes;
  }

  get signatures(): SignatureUses {
    this.#signatures ??= readSignatureUses(this.metadata, this.diagnostics);
    return this.#signatures;
  }

  /** Function pointers and the signatures of `calli`, without reading all other signatures. */
  get pointers(): Pick<SignatureUses, 'functionPointers' | 'callSites'> {
    this.#pointers ??= this.#signatures ?? readPointerUses(this.metadata, this.diagnostics);
    return this.#pointers;
  }

  /** The full name of a type by its token; the empty string where it cannot be read, or where all names together are longer than any assembly's. */
  typeName(token: Token): string {
    let name = this.#typeNames.get(token);
    if (name === undefined) {
      name = this.#characters > MAX_CHARACTERS ? '' : (ifReadable(() => typeFullName(this.metadata, token)) ?? '');
      this.#characters += name.length;
      this.#typeNames.set(token, name);
    }
    return name;
  }

  methodName(token: Token): string {
    if (tokenTable(token) !== TableId.MethodDef) return ifReadable(() => methodFullName(this.metadata, token)) ?? '';
    return (
      ifReadable(() => {
        const name = this.metadata.strings.get(this.metadata.tables.MethodDef.get(tokenRid(token), 'Name'));
        const type = this.typeName(this.metadata.declaringType(token as MethodDefToken));
        return type === '' ? name : `${type}::${name}`;
      }) ?? ''
    );
  }

  /** The type that a method is declared in. */
  typeOf(method: MethodDefToken): TypeDefToken {
    return this.metadata.declaringType(method);
  }

  /** The names of a type's bases, nearest first, as far as they are in this module and one beyond. */
  baseNames(type: TypeDefToken): readonly string[] {
    const names: string[] = [];
    const { TypeDef } = this.metadata.tables;
    let current: Token = type;
    while (names.length < MAX_BASES && tokenTable(current) === TableId.TypeDef && TypeDef.has(tokenRid(current))) {
      const base = TypeDef.column('Extends').tokenOrBad(tokenRid(current));
      if (base === -1 || tokenRid(base) === 0) break;
      names.push(this.typeName(base));
      current = base;
    }
    return names;
  }

  /** The interfaces that a type names, as TypeDef, TypeRef or TypeSpec tokens. */
  interfacesOf(type: TypeDefToken): readonly Token[] {
    const column = this.metadata.tables.InterfaceImpl.column('Interface');
    return [...this.metadata.interfaceImplsOf(tokenRid(type))].flatMap((row) => {
      const token = column.tokenOrBad(row);
      return token === -1 || token === 0 ? [] : token;
    });
  }

  /** Every TypeDef token. */
  *types(): Generator<TypeDefToken, void> {
    for (let rid = 1; rid <= this.metadata.tables.TypeDef.rowCount; rid++) yield makeToken(TableId.TypeDef, rid);
  }

  /** Every type whose row `visit` can read; a bad row is reported. */
  eachType(visit: (type: TypeDefToken) => void): void {
    for (const type of this.types()) this.diagnostics.attempt(() => visit(type), type);
  }

  methodsOf(type: TypeDefToken): readonly MethodDefToken[] {
    return [...this.metadata.methodsOf(tokenRid(type))].map((rid) => makeToken(TableId.MethodDef, rid));
  }
}
