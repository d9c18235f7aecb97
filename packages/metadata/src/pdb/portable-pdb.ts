import type { BlobHeap } from '../heaps/blob-heap.ts';
import { Metadata, type MetadataOptions } from '../metadata.ts';
import type { PdbStream } from '../pdb-stream.ts';
import type { Column } from '../tables/column.ts';
import { TableId } from '../tables/table-id.ts';
import { isNilToken, type MethodDefToken, makeToken, type Token, tokenRid } from '../tables/token.ts';
import { type CustomDebugInformation, readCustomDebugInformation } from './custom-debug-information.ts';
import { readDocumentName } from './document-name.ts';
import { type Import, readImports } from './imports.ts';
import { type LocalConstantSignature, readLocalConstantSignature } from './local-constant.ts';
import { readSequencePoints, type SequencePoints } from './sequence-points.ts';

/** A row of Document: a source file. GUIDs are in lower case; `documentLanguages` and `documentHashAlgorithms` name them. */
export interface SourceDocument {
  readonly rid: number;
  readonly name: string;
  readonly hashAlgorithm: string | undefined;
  readonly hash: Uint8Array;
  readonly language: string | undefined;
}

export interface LocalVariable {
  readonly rid: number;
  /** Bit 0: hidden from the debugger. */
  readonly attributes: number;
  /** The slot in the method's local signature. */
  readonly index: number;
  readonly name: string;
}

export interface LocalConstant {
  readonly rid: number;
  readonly name: string;
  readonly signature: LocalConstantSignature;
}

/** A row of LocalScope. The scopes of a method are in order of their start, outer ones first. */
export interface LocalScope {
  readonly rid: number;
  /** Rid of the ImportScope row, 0 for none. */
  readonly importScope: number;
  /** IL offsets in bytes. */
  readonly startOffset: number;
  readonly length: number;
  readonly variables: readonly LocalVariable[];
  readonly constants: readonly LocalConstant[];
}

/** A row of ImportScope: what a scope may name without qualification; `parent` is the scope around it, 0 for none. */
export interface ImportScope {
  readonly rid: number;
  readonly parent: number;
  readonly imports: readonly Import[];
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

const texts = (blobs: BlobHeap) => ({ get: (index: number): string => utf8.decode(blobs.get(index)) });

/** The rows of a run: up to where the next row's run starts. A run that is out of order is empty, one that goes beyond the table is cut. */
function* run(list: Column, rid: number, targetRows: number): Generator<number> {
  const end = rid < list.rowCount ? list.at(rid + 1) : targetRows + 1;
  for (let row = Math.max(1, list.at(rid)); row < end && row <= targetRows; row++) yield row;
}

/** A portable PDB (Portable PDB specification): standalone, or embedded in an image. Methods read when called and throw `BadImageError`. */
export class PortablePdb {
  readonly metadata: Metadata;
  readonly #stream: PdbStream;

  private constructor(metadata: Metadata, stream: PdbStream) {
    this.metadata = metadata;
    this.#stream = stream;
  }

  /** The PDB in some metadata; `undefined` where that has no `#Pdb` stream. */
  static of(metadata: Metadata): PortablePdb | undefined {
    const stream = metadata.pdbStream;
    return stream && new PortablePdb(metadata, stream);
  }

  /** A `.pdb` file, or the inflated content of an embedded one; `undefined` where it is metadata of another kind. */
  static parse(bytes: Uint8Array, options: MetadataOptions = {}): PortablePdb | undefined {
    return PortablePdb.of(Metadata.parse(bytes, options));
  }

  /** 20 bytes in lower-case hex: the GUID and the time stamp of the CodeView entry of the image it belongs to. */
  get id(): string {
    return this.#stream.id;
  }

  /** The MethodDef where the program starts; nil for a library. */
  get entryPoint(): MethodDefToken {
    return this.#stream.entryPoint as MethodDefToken;
  }

  get documentCount(): number {
    return this.metadata.tables.Document.rowCount;
  }

  document(rid: number): SourceDocument {
    const { blobs, guids, tables } = this.metadata;
    const row = tables.Document.row(rid);
    return {
      rid,
      name: readDocumentName(blobs.reader(row.Name, 'the name of a document'), texts(blobs)),
      hashAlgorithm: guids.get(row.HashAlgorithm),
      hash: blobs.get(row.Hash),
      language: guids.get(row.Language),
    };
  }

  /** Every document in order. */
  *documents(): Generator<SourceDocument> {
    for (let rid = 1; rid <= this.documentCount; rid++) yield this.document(rid);
  }

  /** The sequence points of a method, by its MethodDef row; `undefined` where it has none. */
  sequencePoints(methodDefRid: number): SequencePoints | undefined {
    const { MethodDebugInformation } = this.metadata.tables;
    if (!MethodDebugInformation.has(methodDefRid)) return undefined;
    const { Document, SequencePoints: blob } = MethodDebugInformation.row(methodDefRid);
    return blob === 0 ? undefined : readSequencePoints(this.metadata.blobs.reader(blob, 'sequence points'), Document);
  }

  localScopes(methodDefRid: number): LocalScope[] {
    const { LocalScope, LocalVariable, LocalConstant } = this.metadata.tables;
    const limit = LocalVariable.rowCount + LocalConstant.rowCount;
    const scopes: LocalScope[] = [];
    let locals = 0;
    for (const rid of this.metadata.owners.key('LocalScope', 'Method').range(methodDefRid)) {
      const scope = this.#localScope(rid);
      locals += scope.variables.length + scope.constants.length;
      // Every local is in one scope; a file where they are in all of them would fill the memory.
      if (locals > limit) throw LocalScope.column('VariableList').error('SCOPES_OVERLAP', 'Scopes share their locals', rid);
      scopes.push(scope);
    }
    return scopes;
  }

  importScope(rid: number): ImportScope {
    const { blobs, tables } = this.metadata;
    const { Parent, Imports } = tables.ImportScope.row(rid);
    return { rid, parent: Parent, imports: readImports(blobs.reader(Imports, 'the imports of a scope'), texts(blobs)) };
  }

  /** The method that the compiler turned into the state machine whose MoveNext this is; `undefined` for any other method. */
  kickoffMethod(moveNext: MethodDefToken): MethodDefToken | undefined {
    const rid = this.metadata.owners.key('StateMachineMethod', 'MoveNextMethod').first(tokenRid(moveNext));
    return rid === 0 ? undefined : (this.metadata.tables.StateMachineMethod.column('KickoffMethod').token(rid) as MethodDefToken);
  }

  /** The MoveNext method of the state machine that the compiler made of a method; `undefined` where it made none. */
  moveNextMethod(kickoff: MethodDefToken): MethodDefToken | undefined {
    const rid = this.metadata.owners.key('StateMachineMethod', 'KickoffMethod').first(tokenRid(kickoff));
    return rid === 0 ? undefined : (this.metadata.tables.StateMachineMethod.column('MoveNextMethod').token(rid) as MethodDefToken);
  }

  /** The custom debug information of a method, a document, the module … */
  customDebugInformation(parent: Token): CustomDebugInformation[] {
    if (isNilToken(parent)) return [];
    const rows = this.metadata.owners.byCoded('CustomDebugInformation', 'Parent', 'HasCustomDebugInformation', parent);
    return Array.from(rows, (rid) => this.#customDebugInformation(rid));
  }

  /** The source text that is embedded for a document, as `embeddedSource` has it. */
  embeddedSource(documentRid: number): Extract<CustomDebugInformation, { kind: 'embeddedSource' }> | undefined {
    const all = this.customDebugInformation(makeToken(TableId.Document, documentRid));
    return all.find((one) => one.kind === 'embeddedSource');
  }

  #localScope(rid: number): LocalScope {
    const { tables, strings } = this.metadata;
    const { LocalScope, LocalVariable, LocalConstant } = tables;
    const { ImportScope, StartOffset, Length } = LocalScope.row(rid);
    const variables = Array.from(run(LocalScope.column('VariableList'), rid, LocalVariable.rowCount), (row) => {
      const { Attributes, Index, Name } = LocalVariable.row(row);
      return { rid: row, attributes: Attributes, index: Index, name: strings.get(Name) };
    });
    const constants = Array.from(run(LocalScope.column('ConstantList'), rid, LocalConstant.rowCount), (row) => this.#localConstant(row));
    return { rid, importScope: ImportScope, startOffset: StartOffset, length: Length, variables, constants };
  }

  #localConstant(rid: number): LocalConstant {
    const { blobs, strings, tables } = this.metadata;
    const { Name, Signature } = tables.LocalConstant.row(rid);
    const signature = readLocalConstantSignature(blobs.reader(Signature, 'the signature of a local constant'));
    return { rid, name: strings.get(Name), signature };
  }

  #customDebugInformation(rid: number): CustomDebugInformation {
    const { blobs, guids, tables } = this.metadata;
    const { Kind, Value } = tables.CustomDebugInformation.row(rid);
    const { base, rva } = blobs.place;
    const start = blobs.start(Value);
    return readCustomDebugInformation(guids.get(Kind) ?? '', blobs.get(Value), {
      base: base + start,
      ...(rva !== undefined && { rva: rva + start }),
    });
  }
}
