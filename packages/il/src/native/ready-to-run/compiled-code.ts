import { BadImageError } from '@ijw/binary';
import { Metadata, makeToken, methodFullName, TableId, type Token } from '@ijw/metadata';
import {
  type ImportSection,
  importCellSignature,
  instanceEntryPoints,
  type PEImage,
  type ReadyToRunCore,
  type ReadyToRunFunction,
  ReadyToRunSectionType,
  readFunctionIndex,
  readHotColdMap,
  readImportSections,
  readMethodEntryPoints,
  readReadyToRunHeader,
  readRuntimeFunctions,
  readyToRunSection,
} from '@ijw/pe';
import { SignatureNames } from './signature-names.ts';

/** The compiled code of a method, or of one of its instances. */
export interface CompiledMethod {
  /** `Namespace.Type::Name`, with the arguments of an instance. */
  readonly name: string;
  /** Of this module's metadata; absent for an instance of another module's method. */
  readonly token?: Token;
  /** An instance of a generic method, or a method of an instance of a generic type. */
  readonly isInstance: boolean;
  /** The method first, then its funclets, then its cold part. */
  readonly functions: readonly ReadyToRunFunction[];
}

/** Which function begins which method. */
interface Entry extends Pick<CompiledMethod, 'name' | 'token' | 'isInstance'> {
  readonly functionIndex: number;
}

/**
 * The compiled code of a ReadyToRun image (dotnet/runtime `docs/design/coreclr/botr/readytorun-format.md`): which addresses belong to which method, and
 * what the cells are for that the code refers to. What cannot be read is recorded in the image's diagnostics.
 */
export class CompiledCode {
  readonly #image: PEImage;
  readonly #core: ReadyToRunCore;
  readonly #metadata: Metadata;
  readonly #names: SignatureNames;
  readonly #sections: readonly ImportSection[];
  readonly #cells = new Map<number, string | undefined>();
  /** In the order of their addresses. */
  readonly methods: readonly CompiledMethod[];
  readonly functions: readonly ReadyToRunFunction[];
  readonly #byStart: ReadonlyMap<number, CompiledMethod>;

  /** @param image with the code: of a component, the composite image */
  constructor(image: PEImage, core: ReadyToRunCore, metadata: Metadata) {
    this.#image = image;
    this.#core = core;
    this.#metadata = metadata;
    this.#names = new SignatureNames(metadata, this.#manifest());
    this.#sections = this.#attempt(() => readImportSections(image, core)) ?? [];
    this.functions = this.#attempt(() => readRuntimeFunctions(image, core)) ?? [];
    this.methods = this.#group([...this.#methodEntries(), ...this.#instanceEntries()]);
    this.#byStart = new Map(this.methods.flatMap((method) => (method.functions[0] ? [[method.functions[0].start, method]] : [])));
  }

  /** Of an image that holds its own code; `undefined` for one that is not ReadyToRun, and for a component of a composite image. */
  static of(image: PEImage, metadata: Metadata): CompiledCode | undefined {
    const header = image.diagnostics.attempt(() => readReadyToRunHeader(image));
    if (header?.kind !== 'readyToRun' || ownerOf(image, header) !== undefined) return undefined;
    return new CompiledCode(image, header, metadata);
  }

  /** What the runtime puts into the cell at an address, or the method that begins there. */
  describe(rva: number): string | undefined {
    const method = this.#byStart.get(rva);
    if (method !== undefined) return method.name;
    if (!this.#cells.has(rva)) this.#cells.set(rva, this.#cell(rva));
    return this.#cells.get(rva);
  }

  #cell(rva: number): string | undefined {
    try {
      const signature = importCellSignature(this.#image, this.#sections, rva);
      return signature && this.#names.cell(signature);
    } catch (error) {
      if (error instanceof BadImageError) return `@error ${error.code}`;
      throw error;
    }
  }

  #attempt<T>(read: () => T): T | undefined {
    return this.#image.diagnostics.attempt(read);
  }

  #manifest(): Metadata | undefined {
    return this.#attempt(() => {
      const reader = readyToRunSection(this.#image, this.#core, ReadyToRunSectionType.ManifestMetadata, 'the manifest metadata');
      return reader && Metadata.parse(reader.bytes, { base: reader.base, diagnostics: this.#image.diagnostics });
    });
  }

  #methodEntries(): readonly Entry[] {
    const { rowCount } = this.#metadata.tables.MethodDef;
    const entryPoints = this.#attempt(() => readMethodEntryPoints(this.#image, this.#core, rowCount)) ?? [];
    return entryPoints.map(({ rid, functionIndex }) => {
      const token = makeToken(TableId.MethodDef, rid);
      return { functionIndex, token, isInstance: false, name: this.#attempt(() => methodFullName(this.#metadata, token)) ?? '' };
    });
  }

  #instanceEntries(): readonly Entry[] {
    const entries: Entry[] = [];
    this.#attempt(() => {
      for (const reader of instanceEntryPoints(this.#image, this.#core)) {
        const { text, token } = this.#names.method(reader);
        entries.push({ name: text, ...(token !== undefined && { token }), isInstance: true, functionIndex: readFunctionIndex(reader) });
      }
    });
    return entries;
  }

  /** A method has the functions from its first one up to that of the next method; so has its cold part. */
  #group(entries: readonly Entry[]): readonly CompiledMethod[] {
    const { functions } = this;
    const coldOf = this.#attempt(() => readHotColdMap(this.#image, this.#core)) ?? new Map<number, number>();
    const starts = new Set([...entries.map(({ functionIndex }) => functionIndex), ...coldOf.values()]);
    const run = (first: number | undefined): ReadyToRunFunction[] => {
      const found: ReadyToRunFunction[] = [];
      for (let index = first ?? functions.length; index < functions.length && (index === first || !starts.has(index)); index++)
        found.push(functions[index]!);
      return found;
    };
    return [...entries]
      .sort((one, other) => one.functionIndex - other.functionIndex)
      .map(({ functionIndex, ...entry }) => ({ ...entry, functions: [...run(functionIndex), ...run(coldOf.get(functionIndex))] }));
  }
}

/** The file name of the composite image that holds the code of a component; `undefined` for an image that is not one. */
export function ownerOf(image: PEImage, core: ReadyToRunCore): string | undefined {
  return image.diagnostics.attempt(() => {
    const reader = readyToRunSection(image, core, ReadyToRunSectionType.OwnerCompositeExecutable, 'the owner composite executable');
    return reader?.cstring();
  });
}
