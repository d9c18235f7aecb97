import { Diagnostics, UnsupportedError, UsageError } from '@ijw/binary';
import { type BadInstruction, type Instruction, type MethodBody, MethodBodySource, SingleInstructionText } from '@ijw/il';
import {
  CustomAttribute,
  isTokenOf,
  Metadata,
  type MethodDefToken,
  makeToken,
  methodCodeKind,
  methodFullName,
  TableId,
  type Token,
  tokenRid,
  typeFullName,
} from '@ijw/metadata';
import { findCustomAttribute, targetFramework } from '@ijw/metadata/attributes';
import { TokenText } from '@ijw/metadata/canonical';
import type { PEImage, SymbolSource } from '@ijw/pe';
import type { SingleFileBundle } from '@ijw/pe/containers';
import { Boundary } from '@ijw/vtfixup';
import type { FileSource } from './files/file-source.ts';
import { findMembers } from './members/find-members.ts';
import { type OpenedFile, type OpenOptions, openFile } from './open-file.ts';
import { type FoundPortablePdb, findPortablePdb } from './portable-pdb-lookup.ts';
import { type TargetRuntime, targetRuntime } from './runtime-profiles/target-runtime.ts';
import { CallerIndex } from './uses/callers.ts';
import { type InstructionUse, TokenUseIndex } from './uses/token-use-index.ts';
import { type FoundWindowsPdb, findWindowsPdb } from './windows-pdb-lookup.ts';

const MEMBER_TABLES = { type: TableId.TypeDef, methods: TableId.MethodDef, fields: TableId.Field } as const;

/**
 * A file and what is in it: image, metadata, bodies, boundary, symbols. Opening reads the headers; everything else is read at its first use, and kept.
 * Errors that a reader continues after are in `diagnostics`; a member whose data cannot be read throws `BadImageError`.
 */
export class Assembly {
  readonly file: OpenedFile;
  readonly diagnostics: Diagnostics;
  #metadata: Metadata | undefined;
  #bodies: MethodBodySource | undefined;
  #boundary: Boundary | undefined;
  #symbols: SymbolSource | undefined;
  #tokenUses: TokenUseIndex | undefined;
  #callers: CallerIndex | undefined;
  #tokens: TokenText | undefined;
  #instructions: SingleInstructionText | undefined;

  private constructor(file: OpenedFile) {
    this.file = file;
    this.diagnostics = file.diagnostics;
  }

  /** Opens what `openFile` opens, and rejects as it does. */
  static async open(bytes: Uint8Array, options: OpenOptions = {}): Promise<Assembly> {
    return new Assembly(await openFile(bytes, options));
  }

  /**
   * An image that is open already, or metadata that stands alone.
   * @param diagnostics receives the errors of the metadata and the other parts; that of the image by default
   */
  static of(content: PEImage | Metadata, diagnostics?: Diagnostics): Assembly {
    const { bytes } = content;
    if (content instanceof Metadata) {
      const assembly = new Assembly({ format: 'metadata', bytes, diagnostics: diagnostics ?? new Diagnostics() });
      assembly.#metadata = content;
      return assembly;
    }
    const format = content.is64Bit ? 'PE32+' : 'PE32';
    return new Assembly({ format, bytes, diagnostics: diagnostics ?? content.diagnostics, image: content });
  }

  /** A PE image, a Webcil as an image; `undefined` for bare metadata and for a bundle whose host is not a PE image. */
  get image(): PEImage | undefined {
    return 'image' in this.file ? this.file.image : undefined;
  }

  get bundle(): SingleFileBundle | undefined {
    return this.file.format === 'bundle' ? this.file.bundle : undefined;
  }

  /** Of the image's CLI header, or standing alone; `undefined` for a native image and for a bundle. @throws BadImageError */
  get metadata(): Metadata | undefined {
    this.#metadata ??= this.#readMetadata();
    return this.#metadata;
  }

  #readMetadata(): Metadata | undefined {
    const { diagnostics, file, image } = this;
    if (image !== undefined) return Metadata.of(image, { diagnostics });
    return file.format === 'metadata' ? Metadata.parse(file.bytes, { diagnostics }) : undefined;
  }

  /** The image. @throws UnsupportedError for bare metadata and for a bundle */
  requireImage(): PEImage {
    if (this.bundle !== undefined) throw new UnsupportedError('The file is a .NET single-file bundle: open one of its files');
    if (this.file.format === 'nano')
      throw new UnsupportedError('The file is an assembly of .NET nanoFramework: info, tables and dis read it, nothing else does');
    if (this.image === undefined) throw new UnsupportedError('The file is bare metadata, without an image');
    return this.image;
  }

  /**
   * The metadata. @throws UnsupportedError for a native image and for a bundle; BadImageError
   * @param missing what a native image lacks, to end the message
   */
  requireMetadata(missing = 'it has no metadata'): Metadata {
    const { metadata } = this;
    if (metadata !== undefined) return metadata;
    this.requireImage();
    throw new UnsupportedError(`The image is native: it has no CLI header, so ${missing}`);
  }

  /** The target framework of the assembly: `.NETCoreApp,Version=v8.0`. @throws BadImageError */
  get targetFramework(): string | undefined {
    return this.metadata && targetFramework(this.metadata);
  }

  /** The runtime that the image was built for; `undefined` without an image. @throws BadImageError */
  get target(): TargetRuntime | undefined {
    return this.image && targetRuntime(this.image, this.metadata);
  }

  /** Gives the boundary names for native code. It must be called before the boundary is read. */
  useSymbols(symbols: SymbolSource): void {
    if (this.#boundary !== undefined) throw new UsageError('The boundary has been read already');
    this.#symbols = symbols;
  }

  /** Where managed and native code meet. Metadata that cannot be read is a diagnostic. @throws UnsupportedError for bare metadata and for a bundle */
  get boundary(): Boundary {
    if (this.#boundary === undefined) {
      const image = this.requireImage();
      const { diagnostics } = this;
      const metadata = diagnostics.attempt(() => this.metadata);
      this.#boundary = Boundary.of(image, metadata, { diagnostics, ...(this.#symbols && { symbols: this.#symbols }) });
    }
    return this.#boundary;
  }

  /** The TypeDefs, MethodDefs or Fields that a text names, as `findMembers` reads it: `Type::Name`, `::Name` (a global member), `M(string)`; overloads are several. @throws BadImageError */
  members(name: string): readonly Token[] {
    const found = this.metadata && findMembers(this.metadata, name);
    return found?.rids.map((rid): Token => makeToken(MEMBER_TABLES[found.kind], rid)) ?? [];
  }

  /** The MethodDefs among the members that a text names. @throws BadImageError */
  methods(name: string): readonly MethodDefToken[] {
    return this.members(name).filter((token) => isTokenOf(token, 'MethodDef'));
  }

  /** `Namespace.Type` or `Namespace.Type::Method`; anything else as `text` writes it. @throws BadImageError */
  nameOf(token: Token): string {
    const metadata = this.requireMetadata();
    if (isTokenOf(token, 'TypeDef') || isTokenOf(token, 'TypeRef')) return typeFullName(metadata, token);
    return isTokenOf(token, 'MethodDef') ? methodFullName(metadata, token) : this.text(token);
  }

  /** The body of a method; `undefined` where its code is not IL in this image. @throws BadImageError */
  bodyOf(method: MethodDefToken): MethodBody | undefined {
    const { image, metadata } = this;
    if (image === undefined || metadata === undefined) return undefined;
    if (methodCodeKind(metadata, method) !== 'il') return undefined;
    this.#bodies ??= new MethodBodySource(image);
    return this.#bodies.read(metadata.tables.MethodDef.get(tokenRid(method), 'RVA'), method);
  }

  /**
   * What a token names, with its signature, in the canonical form of `ijw tables --resolved`; an instruction as IL text.
   * @throws BadImageError for an instruction whose token names nothing
   */
  text(subject: Token | Instruction | BadInstruction): string {
    const metadata = this.requireMetadata();
    if (typeof subject === 'number') {
      this.#tokens ??= new TokenText(metadata);
      return this.#tokens.of(subject);
    }
    this.#instructions ??= new SingleInstructionText(metadata);
    return this.#instructions.of(subject);
  }

  /** Every instruction that names something by a token; `undefined` without IL. The first call reads all IL of the image. @throws BadImageError */
  get tokenUses(): TokenUseIndex | undefined {
    const { image, metadata } = this;
    if (image !== undefined && metadata !== undefined) this.#tokenUses ??= new TokenUseIndex(image, metadata);
    return this.#tokenUses;
  }

  /** The instructions that call a MethodDef, MemberRef or MethodSpec, or take its address, in the order of the calling methods. @throws BadImageError */
  callersOf(token: Token): readonly InstructionUse[] {
    const { metadata, tokenUses } = this;
    if (metadata === undefined || tokenUses === undefined) return [];
    this.#callers ??= new CallerIndex(metadata, tokenUses);
    return this.#callers.of(token);
  }

  /** The first attribute of a type, by its full name (`System.ObsoleteAttribute`), on what a token names. @throws BadImageError */
  attribute(owner: Token, name: string): CustomAttribute | undefined {
    const { metadata } = this;
    const rid = metadata && findCustomAttribute(metadata, owner, name);
    return metadata === undefined || rid === undefined ? undefined : new CustomAttribute(metadata, rid);
  }

  /** The portable PDB: embedded, or beside the file, which has this path in `files`. */
  async portablePdb(path: string, files: FileSource): Promise<FoundPortablePdb> {
    const { image } = this;
    return image === undefined ? { missing: 'the file is not an image' } : findPortablePdb(image, path, files);
  }

  /** The Windows PDB beside the file, which has this path in `files`. */
  windowsPdb(path: string, files: FileSource): FoundWindowsPdb {
    const { image } = this;
    return image === undefined ? { missing: 'the file is not an image' } : findWindowsPdb(image, path, files);
  }
}
