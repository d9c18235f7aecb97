import { BadImageError, ExpansionBudget, ifReadable } from '@ijw/binary';
import { Metadata, makeToken, methodFullName, TableId, type Token } from '@ijw/metadata';
import { assemblyIdentity } from '@ijw/metadata/resolution';
import type { PEImage } from '@ijw/pe';
import {
  type EntryPoint,
  type ImportSection,
  importCellSignature,
  instanceEntryPoints,
  type ReadyToRunCore,
  type ReadyToRunFunction,
  ReadyToRunSectionType,
  readEntryPoint,
  readFixupList,
  readHotColdMap,
  readImportSections,
  readMethodEntryPoints,
  readReadyToRunHeader,
  readRuntimeFunctions,
  readyToRunSection,
} from '@ijw/pe/ready-to-run';
import { type NamedCell, SignatureNames } from './signature-names.ts';

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
  /** Where its list of fixups is, in the section of its entry point. */
  readonly fixups?: number;
}

/** A cell of an import section. */
export interface CompiledCell extends NamedCell {
  readonly rva: number;
}

/** Which function begins which method. */
interface Entry extends Pick<CompiledMethod, 'name' | 'token' | 'isInstance'>, EntryPoint {}

/** A component of a composite image. */
interface Component {
  /** Of the assembly. */
  readonly name: string;
  /** Functions that begin methods of the other components. */
  readonly otherStarts: readonly number[];
}

/** The names of instances in the largest images have a tenth of it. */
const MOST_CHARACTERS = 1 << 26;

/** No MethodDef table has more rows. */
const MOST_METHODS = 0xffffff;

const entryPointIndexes = (image: PEImage, core: ReadyToRunCore): readonly number[] =>
  image.diagnostics.attempt(() => readMethodEntryPoints(image, core, MOST_METHODS).map(({ functionIndex }) => functionIndex)) ?? [];

/**
 * The compiled code of a ReadyToRun image (dotnet/runtime `docs/design/coreclr/botr/readytorun-format.md`): which addresses belong to which method, and
 * the meaning of the cells that the code refers to. What cannot be read is recorded in the image's diagnostics.
 */
export class CompiledCode {
  readonly #image: PEImage;
  readonly #core: ReadyToRunCore;
  readonly #metadata: Metadata;
  readonly #names: SignatureNames;
  readonly #sections: readonly ImportSection[];
  readonly #cells = new Map<number, NamedCell | undefined>();
  readonly #budget: ExpansionBudget;
  /** In the order of their addresses. */
  readonly methods: readonly CompiledMethod[];
  readonly functions: readonly ReadyToRunFunction[];
  readonly #byStart: ReadonlyMap<number, CompiledMethod>;

  /** @param image with the code: of a component, the composite image, in which it has this name */
  private constructor(image: PEImage, core: ReadyToRunCore, metadata: Metadata, component?: Component) {
    this.#image = image;
    this.#core = core;
    this.#metadata = metadata;
    this.#names = new SignatureNames(metadata, { manifest: manifestOf(image, core), compositeName: component?.name });
    this.#sections = this.#attempt(() => readImportSections(image, core)) ?? [];
    this.#budget = ExpansionBudget.ofSharedData(image.bytes.length, 'the fixups of methods');
    this.functions = this.#attempt(() => readRuntimeFunctions(image, core)) ?? [];
    this.methods = this.#group([...this.#methodEntries(), ...this.#instanceEntries()], component?.otherStarts ?? []);
    this.#byStart = new Map(this.methods.flatMap((method) => (method.functions[0] ? [[method.functions[0].start, method]] : [])));
  }

  /** Of an image that holds its own code; `undefined` for one that is not ReadyToRun, and for a component of a composite image. */
  static of(image: PEImage, metadata: Metadata): CompiledCode | undefined {
    const header = image.diagnostics.attempt(() => readReadyToRunHeader(image));
    if (header?.kind !== 'readyToRun' || ownerOf(image, header) !== undefined) return undefined;
    return new CompiledCode(image, header, metadata);
  }

  /** Of an assembly whose code is in a composite image; `undefined` where that does not list the assembly. */
  static ofComponent(composite: PEImage, metadata: Metadata): CompiledCode | undefined {
    const header = composite.diagnostics.attempt(() => readReadyToRunHeader(composite));
    const name = composite.diagnostics.attempt(() => assemblyIdentity(metadata))?.name;
    if (header?.kind !== 'readyToRun' || name === undefined) return undefined;
    const index = componentIndex(composite, header, name);
    const core = header.components[index]?.core;
    const otherStarts = header.components.flatMap((other, each) =>
      each === index || other.core === undefined ? [] : entryPointIndexes(composite, other.core),
    );
    // The component's own data precede the shared data.
    return (
      core && new CompiledCode(composite, { ...core, sections: [...core.sections, ...header.sections] }, metadata, { name, otherStarts })
    );
  }

  /** The content of the cell at an address, or the method that begins there. */
  describe(rva: number): string | undefined {
    const method = this.#byStart.get(rva);
    return method?.name ?? this.#cell(rva)?.text;
  }

  /** What must be in its cells before a method may run. What cannot be read is left out, and recorded. */
  fixupsOf({ isInstance, fixups }: CompiledMethod): readonly CompiledCell[] {
    if (fixups === undefined) return [];
    const type = isInstance ? ReadyToRunSectionType.InstanceEntryPoints : ReadyToRunSectionType.MethodDefEntryPoints;
    const read = (): readonly CompiledCell[] => {
      const reader = readyToRunSection(this.#image, this.#core, type, 'the fixups of a method');
      if (reader === undefined) return [];
      reader.position = fixups;
      const cells = readFixupList(reader);
      this.#budget.spend(cells.length, { offset: reader.offset });
      return cells.flatMap(({ section, index }) => this.#cellOf(section, index) ?? []);
    };
    return this.#attempt(read) ?? [];
  }

  /** The import sections of the image, with their cells. */
  *imports(): Generator<ImportSection & { readonly cells: Iterable<CompiledCell> }> {
    for (const [number, section] of this.#sections.entries()) yield { ...section, cells: this.#cellsOf(number, section) };
  }

  *#cellsOf(number: number, { rva, size, entrySize }: ImportSection): Generator<CompiledCell> {
    const count = entrySize === 0 ? 0 : Math.floor(size / entrySize);
    const affordable = this.#attempt(() => {
      this.#budget.spend(count, { offset: 0, rva });
      return true;
    });
    for (let index = 0; affordable && index < count; index++) {
      const cell = this.#cellOf(number, index);
      if (cell === undefined) return;
      yield cell;
    }
  }

  #cellOf(number: number, index: number): CompiledCell | undefined {
    const section = this.#sections[number];
    if (section === undefined || index * section.entrySize >= section.size) return undefined;
    const rva = section.rva + index * section.entrySize;
    const cell = this.#cell(rva);
    return cell && { rva, ...cell };
  }

  #cell(rva: number): NamedCell | undefined {
    if (!this.#cells.has(rva)) this.#cells.set(rva, this.#readCell(rva));
    return this.#cells.get(rva);
  }

  #readCell(rva: number): NamedCell | undefined {
    try {
      const signature = importCellSignature(this.#image, this.#sections, rva);
      return signature && this.#names.cell(signature);
    } catch (error) {
      if (error instanceof BadImageError) return { text: `@error ${error.code}` };
      throw error;
    }
  }

  #attempt<T>(read: () => T): T | undefined {
    return this.#image.diagnostics.attempt(read);
  }

  #methodEntries(): readonly Entry[] {
    const { rowCount } = this.#metadata.tables.MethodDef;
    const entryPoints = this.#attempt(() => readMethodEntryPoints(this.#image, this.#core, rowCount)) ?? [];
    return entryPoints.map(({ rid, ...entry }) => {
      const token = makeToken(TableId.MethodDef, rid);
      return { ...entry, token, isInstance: false, name: this.#attempt(() => methodFullName(this.#metadata, token)) ?? '' };
    });
  }

  #instanceEntries(): readonly Entry[] {
    const entries: Entry[] = [];
    let left = MOST_CHARACTERS;
    this.#attempt(() => {
      for (const reader of instanceEntryPoints(this.#image, this.#core)) {
        const { text, token } = this.#names.method(reader);
        left -= text.length;
        if (left < 0) throw reader.error('TEXT_TOO_LONG', `The names of instances have more than ${MOST_CHARACTERS} characters`);
        entries.push({ name: text, ...(token !== undefined && { token }), isInstance: true, ...readEntryPoint(reader) });
      }
    });
    return entries;
  }

  /** A method has the functions from its first one up to that of the next method; so has its cold part. */
  #group(entries: readonly Entry[], otherStarts: readonly number[]): readonly CompiledMethod[] {
    const { functions } = this;
    const coldOf = this.#attempt(() => readHotColdMap(this.#image, this.#core)) ?? new Map<number, number>();
    const starts = new Set([...entries.map(({ functionIndex }) => functionIndex), ...coldOf.values(), ...otherStarts]);
    const run = (first: number): ReadyToRunFunction[] => {
      let end = first + 1;
      while (end < functions.length && !starts.has(end)) end++;
      return functions.slice(first, end);
    };
    // Damaged images may have one first function for many methods.
    const runs = new Map<number, readonly ReadyToRunFunction[]>();
    const runOf = (first: number): readonly ReadyToRunFunction[] => {
      const cold = coldOf.get(first);
      const found = runs.get(first) ?? [...run(first), ...(cold === undefined ? [] : run(cold))];
      runs.set(first, found);
      return found;
    };
    return [...entries]
      .sort((one, other) => one.functionIndex - other.functionIndex)
      .map(({ functionIndex, ...entry }) => ({ ...entry, functions: runOf(functionIndex) }));
  }
}

function manifestOf(image: PEImage, core: ReadyToRunCore): Metadata | undefined {
  return image.diagnostics.attempt(() => {
    const reader = readyToRunSection(image, core, ReadyToRunSectionType.ManifestMetadata, 'the manifest metadata');
    return reader && Metadata.parse(reader.bytes, { base: reader.base, diagnostics: image.diagnostics });
  });
}

/** Components are in the order of the manifest's AssemblyRef table (readytorun-format.md, "READYTORUN_SECTION_COMPONENT_ASSEMBLIES"); -1 for a name that is not there. */
function componentIndex(image: PEImage, core: ReadyToRunCore, name: string): number {
  const manifest = manifestOf(image, core);
  const { AssemblyRef } = manifest?.tables ?? {};
  for (let rid = 1; AssemblyRef !== undefined && rid <= AssemblyRef.rowCount; rid++)
    if (ifReadable(() => manifest?.strings.get(AssemblyRef.get(rid, 'Name'))) === name) return rid - 1;
  return -1;
}

/** The file name of the composite image that holds the code of a component; `undefined` for an image that is not one. */
export function ownerOf(image: PEImage, core: ReadyToRunCore): string | undefined {
  return image.diagnostics.attempt(() => {
    const reader = readyToRunSection(image, core, ReadyToRunSectionType.OwnerCompositeExecutable, 'the owner composite executable');
    return reader?.cstring();
  });
}
