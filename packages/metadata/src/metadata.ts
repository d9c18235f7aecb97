import { type Diagnostics, ifReadable, Lazy } from '@ijw/binary';
import { type DataDirectory, type PEImage, readCliHeader } from '@ijw/pe';
import { BlobHeap } from './heaps/blob-heap.ts';
import { GuidHeap } from './heaps/guid-heap.ts';
import { HeapBudget } from './heaps/heap-budget.ts';
import { StringHeap } from './heaps/string-heap.ts';
import { UserStringHeap } from './heaps/user-string-heap.ts';
import { MetadataPlace } from './metadata-place.ts';
import { type MetadataRoot, readMetadataRoot, type StreamHeader } from './metadata-root.ts';
import { type PdbStream, readPdbStream } from './pdb-stream.ts';
import { RecentSignatures } from './signatures/recent-signatures.ts';
import type { MethodSignature } from './signatures/signature-type-provider.ts';
import type { TypeNode } from './signatures/type-node.ts';
import { type SelectedStreams, type StreamName, selectStreams } from './stream-selection.ts';
import type { KeyIndex } from './tables/key-index.ts';
import { OwnerLookup } from './tables/owner-lookup.ts';
import type { RowRange } from './tables/row-range.ts';
import type { Tables } from './tables/table.ts';
import { HeapSizes } from './tables/table-layout.ts';
import type { TablesHeader } from './tables/tables-input.ts';
import { isSchema1_1, readTables, readTablesHeader } from './tables/tables-stream.ts';
import {
  type EventToken,
  type FieldToken,
  isNilToken,
  type MethodDefToken,
  type ParamToken,
  type PropertyToken,
  type Token,
  type TypeDefToken,
  tokenRid,
} from './tables/token.ts';

export interface MetadataOptions {
  /** Absolute file offset of the first byte, for errors. */
  readonly base?: number;
  /** RVA of the first byte, for errors. */
  readonly rva?: number;
  /** If present, errors that a reader continues after (a table longer than its stream, a stream beyond the end) are reported here instead of thrown. */
  readonly diagnostics?: Diagnostics;
}

const NO_BYTES = new Uint8Array(0);

const firstRow = (index: KeyIndex, token: Token): number | undefined =>
  isNilToken(token) ? undefined : index.first(tokenRid(token)) || undefined;

/** The bytes of a directory; with a diagnostics sink they end with the section, or with the streams if those reach further. */
function directoryBytes(image: PEImage, { rva, size }: DataDirectory, diagnostics: Diagnostics | undefined): Uint8Array {
  const reading = 'the metadata';
  if (diagnostics === undefined) return image.bytesAt(rva, size, reading);
  const bytes = diagnostics.attempt(() => image.bytesAt(rva, size, reading)) ?? image.readerAt(rva, undefined, reading).bytes;
  if (isWhole(bytes)) return bytes;
  const available = image.readerAt(rva, undefined, reading);
  if (available.length <= bytes.length || !isWhole(available.bytes)) return bytes;
  diagnostics.record(available.error('BAD_METADATA_SIZE', `The CLI header gives the metadata ${size} bytes; its streams reach further`));
  return available.bytes;
}

/** Whether the root and all streams that it names are within the bytes. */
const isWhole = (bytes: Uint8Array): boolean => ifReadable(() => readMetadataRoot(bytes)) !== undefined;

/**
 * ECMA-335 metadata, or a portable PDB's: root, streams, heaps, tables. Making one reads the root and the stream headers; everything else is read
 * from the bytes when asked for.
 */
export class Metadata {
  readonly bytes: Uint8Array;
  readonly root: MetadataRoot;
  readonly place: MetadataPlace;
  /** The streams in use, where several have one name. */
  readonly selected: SelectedStreams;
  /** The budget of a pass over the rows for long data that they share; each pass resets it. */
  readonly budget: HeapBudget;
  readonly strings: StringHeap;
  readonly userStrings: UserStringHeap;
  readonly guids: GuidHeap;
  readonly blobs: BlobHeap;
  readonly #diagnostics: Diagnostics | undefined;

  private constructor(bytes: Uint8Array, place: MetadataPlace, diagnostics: Diagnostics | undefined) {
    this.bytes = bytes;
    this.place = place;
    this.#diagnostics = diagnostics;
    this.root = readMetadataRoot(bytes, place, diagnostics);
    this.selected = selectStreams(this.root);
    this.budget = new HeapBudget(bytes.length);
    this.strings = new StringHeap(this.stream('#Strings') ?? NO_BYTES, this.#placeOf('#Strings'), this.budget);
    this.userStrings = new UserStringHeap(this.stream('#US') ?? NO_BYTES, this.#placeOf('#US'), this.budget);
    this.guids = new GuidHeap(this.stream('#GUID') ?? NO_BYTES, this.#placeOf('#GUID'));
    this.blobs = new BlobHeap(this.stream('#Blob') ?? NO_BYTES, this.#placeOf('#Blob'), this.budget);
  }

  /**
   * The metadata that the CLI header of an image points at; `undefined` without a CLI header, or if it names no metadata.
   * @throws BadImageError when there is one that cannot be read
   */
  static of(image: PEImage, options: Pick<MetadataOptions, 'diagnostics'> = {}): Metadata | undefined {
    const directory = readCliHeader(image)?.metaData;
    if (directory === undefined || directory.rva === 0) return undefined;
    const bytes = directoryBytes(image, directory, options.diagnostics);
    return new Metadata(bytes, new MetadataPlace(image.rvaToOffset(directory.rva) ?? directory.rva, directory.rva), options.diagnostics);
  }

  /** Metadata that stands alone: a portable PDB, a `BSJB` file, an edit-and-continue delta. @throws BadImageError */
  static parse(bytes: Uint8Array, { base = 0, rva, diagnostics }: MetadataOptions = {}): Metadata {
    return new Metadata(bytes, new MetadataPlace(base, rva), diagnostics);
  }

  /** The bytes of a stream (no copy), or `undefined` if no stream has that name. Cut where the metadata ends. */
  stream(name: StreamName): Uint8Array | undefined {
    const header = this.selected.find(name);
    return header && this.#bytesOf(header);
  }

  readonly #tablesHeader = new Lazy(() => readTablesHeader(this.#tablesBytes(), this.#tablesPlace));

  /** What precedes the rows. @throws BadImageError NO_TABLES when there is neither `#~` nor `#-` */
  get tablesHeader(): TablesHeader {
    return this.#tablesHeader.value;
  }

  readonly #tables = new Lazy(() =>
    readTables({
      bytes: this.#tablesBytes(),
      place: this.#tablesPlace,
      header: this.tablesHeader,
      layoutInput: {
        heapSizes: this.tablesHeader.heapSizes,
        rowCounts: this.#layoutRowCounts(),
        forceLarge: this.isMinimalDelta,
        schema1_1: isSchema1_1(this.tablesHeader),
      },
      diagnostics: this.#diagnostics,
    }),
  );

  /** Every table, those that are not in the file with no rows. @throws BadImageError */
  get tables(): Tables {
    return this.#tables.value;
  }

  readonly #pdbStream = new Lazy(() => {
    const bytes = this.stream('#Pdb');
    return bytes && readPdbStream(bytes, this.#placeOf('#Pdb'));
  });

  /** The `#Pdb` stream of a portable PDB. @throws BadImageError */
  get pdbStream(): PdbStream | undefined {
    return this.#pdbStream.value;
  }

  /** A `#JTD` stream makes every index 4 bytes wide. */
  get isMinimalDelta(): boolean {
    return this.selected.find('#JTD') !== undefined;
  }

  /** The row numbers and heap offsets of an edit-and-continue delta go on where the generation before ended. */
  get isDelta(): boolean {
    return (this.tablesHeader.heapSizes & HeapSizes.DeltaOnly) !== 0;
  }

  readonly #signatures = new Lazy(() => new RecentSignatures(this.blobs));

  /** The method signature of a blob; the same object for as long as it is in use. @throws BadImageError */
  methodSignature(blob: number): MethodSignature<TypeNode> {
    return this.#signatures.value.get(blob);
  }

  readonly #owners = new Lazy(() => new OwnerLookup(this.tables));

  /** Searches from a row to the rows that refer to it. */
  get owners(): OwnerLookup {
    return this.#owners.value;
  }

  fieldsOf(typeDefRid: number): RowRange {
    return this.owners.fieldsOf(typeDefRid);
  }

  methodsOf(typeDefRid: number): RowRange {
    return this.owners.methodsOf(typeDefRid);
  }

  paramsOf(methodDefRid: number): RowRange {
    return this.owners.paramsOf(methodDefRid);
  }

  eventsOf(typeDefRid: number): RowRange {
    return this.owners.eventsOf(typeDefRid);
  }

  propertiesOf(typeDefRid: number): RowRange {
    return this.owners.propertiesOf(typeDefRid);
  }

  /** The type that a member is declared in; nil when no type has it. */
  declaringType(member: FieldToken | MethodDefToken | EventToken | PropertyToken): TypeDefToken {
    return this.owners.declaringType(member);
  }

  /** The method of a parameter; nil when no method has it. */
  declaringMethod(param: ParamToken): MethodDefToken {
    return this.owners.declaringMethod(param);
  }

  /** The type around a nested type; nil for others. */
  enclosingType(typeDef: TypeDefToken): TypeDefToken {
    return this.owners.enclosingType(typeDef);
  }

  /** Row numbers of NestedClass for the types directly within a type. */
  nestedTypesOf(typeDefRid: number): RowRange {
    return this.owners.key('NestedClass', 'EnclosingClass').range(typeDefRid);
  }

  /** Row numbers of InterfaceImpl. */
  interfaceImplsOf(typeDefRid: number): RowRange {
    return this.owners.key('InterfaceImpl', 'Class').range(typeDefRid);
  }

  /** Row numbers of MethodImpl. */
  methodImplsOf(typeDefRid: number): RowRange {
    return this.owners.key('MethodImpl', 'Class').range(typeDefRid);
  }

  /** Row numbers of CustomAttribute. */
  customAttributesOf(parent: Token): RowRange {
    return this.owners.byCoded('CustomAttribute', 'Parent', 'HasCustomAttribute', parent);
  }

  /** Row numbers of DeclSecurity. */
  declSecuritiesOf(parent: Token): RowRange {
    return this.owners.byCoded('DeclSecurity', 'Parent', 'HasDeclSecurity', parent);
  }

  /** Row numbers of GenericParam, by ascending row; `Number` tells their order. */
  genericParamsOf(owner: Token): RowRange {
    return this.owners.byCoded('GenericParam', 'Owner', 'TypeOrMethodDef', owner);
  }

  /** Row numbers of GenericParamConstraint. */
  constraintsOf(genericParamRid: number): RowRange {
    return this.owners.key('GenericParamConstraint', 'Owner').range(genericParamRid);
  }

  /** Row numbers of MethodSemantics for an event or a property. */
  semanticsOf(association: EventToken | PropertyToken): RowRange {
    return this.owners.byCoded('MethodSemantics', 'Association', 'HasSemantics', association);
  }

  /** Row numbers of MethodSemantics for an accessor. */
  semanticsOfMethod(methodDefRid: number): RowRange {
    return this.owners.key('MethodSemantics', 'Method').range(methodDefRid);
  }

  /** The row of ImplMap for a method or a field; `undefined` if it has none. The same goes for every `find…`. */
  findImplMap(member: MethodDefToken | FieldToken): number | undefined {
    return this.owners.firstByCoded('ImplMap', 'MemberForwarded', 'MemberForwarded', member) || undefined;
  }

  findConstant(parent: FieldToken | ParamToken | PropertyToken): number | undefined {
    return this.owners.firstByCoded('Constant', 'Parent', 'HasConstant', parent) || undefined;
  }

  findFieldMarshal(parent: FieldToken | ParamToken): number | undefined {
    return this.owners.firstByCoded('FieldMarshal', 'Parent', 'HasFieldMarshal', parent) || undefined;
  }

  findFieldRva(field: FieldToken): number | undefined {
    return firstRow(this.owners.key('FieldRVA', 'Field'), field);
  }

  findFieldLayout(field: FieldToken): number | undefined {
    return firstRow(this.owners.key('FieldLayout', 'Field'), field);
  }

  findClassLayout(typeDef: TypeDefToken): number | undefined {
    return firstRow(this.owners.key('ClassLayout', 'Parent'), typeDef);
  }

  /** A portable PDB's columns that name rows of the type system are as wide as those tables demand, which are in another file. */
  #layoutRowCounts(): readonly number[] {
    const external = this.pdbStream?.typeSystemRowCounts;
    return external === undefined ? this.tablesHeader.rowCounts : this.tablesHeader.rowCounts.map((count, id) => count || external[id]!);
  }

  #tablesBytes(): Uint8Array {
    const { tables } = this.selected;
    if (tables === undefined) throw this.place.error('NO_TABLES', 0, 'the metadata root', 'The tables stream (#~ or #-) is missing');
    return this.#bytesOf(tables);
  }

  get #tablesPlace(): MetadataPlace {
    return this.place.at(this.selected.tables?.offset ?? 0);
  }

  #bytesOf({ offset, size }: StreamHeader): Uint8Array {
    return this.bytes.subarray(offset, Math.min(offset + size, this.bytes.length));
  }

  #placeOf(name: StreamName): MetadataPlace {
    return this.place.at(this.selected.find(name)?.offset ?? 0);
  }
}
