import { BadImageError, type ByteReader, hex } from '@ijw/binary';
import {
  codedIndexDecoder,
  type FieldToken,
  fieldFullName,
  type Metadata,
  makeToken,
  methodFullName,
  TableId,
  type Token,
  tokenTable,
  typeFullName,
} from '@ijw/metadata';
import { ElementType, primitiveNameOf } from '@ijw/metadata/signatures';
import { fixupKinds, helperNames, instructionSetNames, MODULE_OVERRIDE } from './fixup-kinds.ts';

/** ENCODE_METHOD_SIG_* and READYTORUN_FIELD_SIG_* of readytorun.h. */
const SignatureFlag = {
  MethodInstantiation: 0x04,
  SlotInsteadOfToken: 0x08,
  MemberRef: 0x10,
  Constrained: 0x20,
  OwnerType: 0x40,
  UpdateContext: 0x80,
};

/** ELEMENT_TYPE_*_ZAPSIG of corhdr.h: element types of compiled code's signatures besides those of ECMA-335 II.23.2. */
const Zap = { Var: 0x3b, NativeValueType: 0x3d, Canon: 0x3e, Module: 0x3f };

/** No type of compiled code nests deeper, and no text of one is longer. */
const MAX_DEPTH = 64;
const MAX_LENGTH = 0x4000;

const typeDefOrRef = codedIndexDecoder('TypeDefOrRef');

/** A method as a signature names it. */
export interface NamedMethod {
  readonly text: string;
  /** Of this module's metadata: a MethodDef or a MemberRef; absent for a method of another module. */
  readonly token?: Token;
}

/** What the runtime puts into a cell. */
export interface NamedCell {
  /** `TypeHandle`: its kind in readytorun.h; absent where it is not known. */
  readonly kind?: string;
  /** `type System.String`. */
  readonly text: string;
}

/** The module of a signature's tokens: this one, or another of which only the name is known. */
type Context = { readonly metadata: Metadata } | { readonly module: string };

export interface SignatureNamesOptions {
  /** The assembly references that the compiler added. */
  readonly manifest?: Metadata | undefined;
  /** The signatures are of a composite image: modules are numbered by the manifest alone, in which this is the assembly's own name. */
  readonly compositeName?: string | undefined;
}

/** Gives names for the signatures of ReadyToRun images (readytorun-format.md, "Fixup signatures"). Each method reads from where a reader stands. */
export class SignatureNames {
  readonly #own: { readonly metadata: Metadata };
  readonly #options: SignatureNamesOptions;

  constructor(metadata: Metadata, options: SignatureNamesOptions) {
    this.#own = { metadata };
    this.#options = options;
  }

  /** The method of an entry in InstanceEntryPoints. @throws BadImageError */
  method(reader: ByteReader): NamedMethod {
    return this.#method(reader, this.#own);
  }

  /** The content of an import cell. @throws BadImageError */
  cell(reader: ByteReader): NamedCell {
    const first = reader.u8();
    const context = first & MODULE_OVERRIDE ? this.#module(reader.compressedUnsigned()) : this.#own;
    const kind = fixupKinds[first & ~MODULE_OVERRIDE];
    if (kind === undefined) return { text: `fixup ${hex(first)}` };
    const payload = this.#payload(reader, kind.payload, context);
    return { kind: kind.name, text: payload === '' ? kind.text : kind.text === '' ? payload : `${kind.text} ${payload}` };
  }

  #payload(reader: ByteReader, payload: (typeof fixupKinds)[number]['payload'], context: Context): string {
    switch (payload) {
      case 'type':
        return this.#type(reader, context, 0);
      case 'method':
        return this.#method(reader, context).text;
      case 'methodDef':
        return this.#named(context, makeToken(TableId.MethodDef, reader.compressedUnsigned()));
      case 'memberRef':
        return this.#named(context, makeToken(TableId.MemberRef, reader.compressedUnsigned()));
      case 'field':
        return this.#field(reader, context);
      case 'fieldOffset':
        return `${reader.compressedUnsigned()} of ${this.#field(reader, context)}`;
      case 'baseAndFieldOffset': {
        const base = reader.compressedUnsigned();
        return `${reader.compressedUnsigned()} behind a base of ${base} of ${this.#field(reader, context)}`;
      }
      case 'helper': {
        const helper = reader.compressedUnsigned();
        return helperNames[helper] ?? hex(helper);
      }
      case 'string':
        return this.#string(reader.compressedUnsigned(), context);
      case 'instructionSets':
        return this.#instructionSets(reader);
      case 'virtualOverride':
        return this.#virtualOverride(reader, context);
      case 'ilBody':
        return this.#ilBody(reader, context);
      case 'none':
        return '';
    }
  }

  /** `Avx2+ Avx512F-`: those that the code needs, and those that it was compiled without (readytorun-format.md, "Instruction set support"). */
  #instructionSets(reader: ByteReader): string {
    const count = reader.count(reader.compressedUnsigned(), 1);
    const texts = Array.from({ length: count }, () => {
      const encoded = reader.compressedUnsigned();
      return `${instructionSetNames[encoded >>> 1] ?? encoded >>> 1}${encoded & 1 ? '+' : '-'}`;
    });
    return texts.join(' ');
  }

  /** readytorun-format.md, "Virtual override signatures". */
  #virtualOverride(reader: ByteReader, context: Context): string {
    const isOverridden = (reader.compressedUnsigned() & 1) !== 0;
    const declaration = this.#method(reader, context).text;
    const type = this.#type(reader, context, 0);
    return `${declaration} on ${type} is ${isOverridden ? this.#method(reader, context).text : 'not overridden'}`;
  }

  /** readytorun-format.md, "IL Body signatures": the IL and the types of its tokens are passed over. */
  #ilBody(reader: ByteReader, context: Context): string {
    reader.skip(reader.count(reader.compressedUnsigned(), 1));
    for (let left = reader.count(reader.compressedUnsigned(), 1); left > 0; left--) this.#type(reader, context, 0);
    return this.#method(reader, context).text;
  }

  #string(offset: number, context: Context): string {
    return 'metadata' in context
      ? JSON.stringify(context.metadata.userStrings.get(offset & 0xffffff))
      : `[${context.module}] ${hex(offset)}`;
  }

  #method(reader: ByteReader, outer: Context): NamedMethod {
    const flags = reader.compressedUnsigned();
    const updated = flags & SignatureFlag.UpdateContext ? this.#module(reader.compressedUnsigned()) : outer;
    const context = flags & SignatureFlag.OwnerType ? this.#moduleOfType(reader, updated) : updated;
    const owner = flags & SignatureFlag.OwnerType ? this.#type(reader, context, 0) : undefined;
    if (flags & SignatureFlag.SlotInsteadOfToken) return { text: `${owner ?? ''} slot ${reader.compressedUnsigned()}` };
    const token = makeToken(flags & SignatureFlag.MemberRef ? TableId.MemberRef : TableId.MethodDef, reader.compressedUnsigned());
    const name = this.#named(context, token);
    const separator = name.lastIndexOf('::');
    const text = owner === undefined || separator < 0 ? name : `${owner}${name.slice(separator)}`;
    const args = flags & SignatureFlag.MethodInstantiation ? this.#types(reader, context, 0) : '';
    if (flags & SignatureFlag.Constrained) this.#type(reader, context, 0);
    return { text: `${text}${args}`, ...('metadata' in context && { token }) };
  }

  #field(reader: ByteReader, outer: Context): string {
    const flags = reader.compressedUnsigned();
    const context = flags & SignatureFlag.OwnerType ? this.#moduleOfType(reader, outer) : outer;
    const owner = flags & SignatureFlag.OwnerType ? this.#type(reader, context, 0) : undefined;
    const token = makeToken(flags & SignatureFlag.MemberRef ? TableId.MemberRef : TableId.Field, reader.compressedUnsigned());
    const name = this.#named(context, token);
    const separator = name.lastIndexOf('::');
    return owner === undefined || separator < 0 ? name : `${owner}${name.slice(separator)}`;
  }

  /** `<A, B>`. */
  #types(reader: ByteReader, context: Context, depth: number): string {
    const count = reader.count(reader.compressedUnsigned(), 1);
    const texts = Array.from({ length: count }, () => this.#type(reader, context, depth + 1));
    return `<${texts.join(', ')}>`;
  }

  #type(reader: ByteReader, context: Context, depth: number): string {
    const code = reader.u8();
    const primitive = primitiveNameOf(code);
    if (primitive !== undefined) return primitive;
    if (depth > MAX_DEPTH) throw reader.error('SIGNATURE_TOO_DEEP', `Types are nested more than ${MAX_DEPTH} deep`);
    const text = this.#composite(reader, code, context, depth);
    if (text.length > MAX_LENGTH) throw reader.error('TEXT_TOO_LONG', `The text of a type has more than ${MAX_LENGTH} characters`);
    return text;
  }

  #composite(reader: ByteReader, code: number, context: Context, depth: number): string {
    const inner = (within: Context = context): string => this.#type(reader, within, depth + 1);
    switch (code) {
      case ElementType.Class:
      case ElementType.ValueType:
        return this.#namedType(reader, context);
      case ElementType.Ptr:
        return `${inner()}*`;
      case ElementType.ByRef:
        return `${inner()}&`;
      case ElementType.SzArray:
        return `${inner()}[]`;
      case ElementType.Array:
        return this.#array(reader, inner());
      case ElementType.GenericInst:
        return `${inner()}${this.#types(reader, context, depth)}`;
      case ElementType.Var:
      case Zap.Var:
        return `!${reader.compressedUnsigned()}`;
      case ElementType.MVar:
        return `!!${reader.compressedUnsigned()}`;
      case ElementType.CModOpt:
      case ElementType.CModReqd:
        this.#namedType(reader, context);
        return inner();
      case Zap.NativeValueType:
        return inner();
      case Zap.Canon:
        return '__Canon';
      case Zap.Module:
        return inner(this.#module(reader.compressedUnsigned()));
      default:
        throw reader.error('BAD_SIGNATURE', `${hex(code)} is not an element type of a signature`);
    }
  }

  /** The module that the type at the reader's place is of, which the token behind it is of too. Nothing is read. */
  #moduleOfType(reader: ByteReader, context: Context): Context {
    if (reader.peek() !== Zap.Module) return context;
    const start = reader.position;
    reader.skip(1);
    const module = this.#module(reader.compressedUnsigned());
    reader.position = start;
    return module;
  }

  #array(reader: ByteReader, element: string): string {
    const rank = reader.compressedUnsigned();
    for (let list = 0; list < 2; list++)
      for (let left = reader.count(reader.compressedUnsigned(), 1); left > 0; left--) reader.compressedUnsigned();
    return `${element}[${','.repeat(Math.min(Math.max(rank, 1), 32) - 1)}]`;
  }

  #namedType(reader: ByteReader, context: Context): string {
    const raw = reader.compressedUnsigned();
    const token = typeDefOrRef.decode(raw);
    if (token === -1 || token === 0) throw reader.error('BAD_CODED_INDEX', `${hex(raw)} is not a TypeDefOrRefOrSpecEncoded`);
    return this.#named(context, token);
  }

  #named(context: Context, token: Token): string {
    if (!('metadata' in context)) return `[${context.module}]${hex(token, 8)}`;
    const { metadata } = context;
    const table = tokenTable(token);
    if (table === TableId.Field) return fieldFullName(metadata, token as FieldToken);
    return table === TableId.MethodDef || table === TableId.MemberRef ? methodFullName(metadata, token) : typeFullName(metadata, token);
  }

  /** The module of an index: 0 is this one, then the assembly references of its metadata (none in a composite image), then those that the compiler added. */
  #module(index: number): Context {
    if (index === 0) return this.#own;
    const { manifest, compositeName } = this.#options;
    const ownCount = compositeName === undefined ? this.#own.metadata.tables.AssemblyRef.rowCount : 0;
    const metadata = index <= ownCount ? this.#own.metadata : manifest;
    // The number between the two lists is the manifest's own.
    const rid = index <= ownCount ? index : index - ownCount - 1;
    try {
      const name = metadata?.strings.get(metadata.tables.AssemblyRef.get(rid, 'Name'));
      return name !== undefined && name === compositeName ? this.#own : { module: name ?? `module ${index}` };
    } catch (error) {
      if (error instanceof BadImageError) return { module: `module ${index}` };
      throw error;
    }
  }
}
