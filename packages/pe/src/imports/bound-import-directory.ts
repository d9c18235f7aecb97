import { ByteWriter, lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import * as parsers from '../generated/structure-parsers.ts';
import type { PEImage } from '../pe-image.ts';
import { structure } from '../structure.ts';
import { TextBudget } from '../text-budget.ts';

/** IMAGE_BOUND_IMPORT_DESCRIPTOR and IMAGE_BOUND_FORWARDER_REF of winnt.h, which has a reserved word in the place of the count. */
export const boundDescriptorLayout = structure(
  {
    timeDateStamp: 'u32',
    /** From the start of the directory. */
    offsetModuleName: 'u16',
    numberOfModuleForwarderRefs: 'u16',
  },
  parsers.boundDescriptor,
);

/** A module whose exports were copied into the import address table, and when it was linked. */
export interface BoundForwarder {
  /** Empty where it cannot be read. */
  readonly name: string;
  readonly timeDateStamp: number;
}

export interface BoundImportedModule extends BoundForwarder {
  /** The modules that its forwarders led to. */
  readonly forwarders: readonly BoundForwarder[];
}

export interface BoundImportDirectory {
  readonly modules: readonly BoundImportedModule[];
}

const READING = 'the bound import directory';
const NAME_LIMIT = 0x1000;

/** Reads one descriptor after the other; names are relative to `start`. */
class BoundReader {
  readonly #image: PEImage;
  readonly #start: Rva;
  readonly #budget: TextBudget;
  #rva: Rva;

  constructor(image: PEImage, start: Rva) {
    this.#image = image;
    this.#start = start;
    this.#rva = start;
    this.#budget = new TextBudget(image.bytes.length, READING);
  }

  next(): (BoundForwarder & { readonly count: number }) | undefined {
    const raw = boundDescriptorLayout.read(this.#image.readerAt(this.#rva, boundDescriptorLayout.size, READING));
    this.#rva += boundDescriptorLayout.size;
    if (raw.timeDateStamp === 0 && raw.offsetModuleName === 0) return undefined;
    const name =
      this.#image.diagnostics.attempt(() => this.#budget.cstring(this.#image, this.#start + raw.offsetModuleName, NAME_LIMIT)) ?? '';
    this.#budget.spend(boundDescriptorLayout.size, this.#rva);
    return { name, timeDateStamp: raw.timeDateStamp, count: raw.numberOfModuleForwarderRefs };
  }
}

/** The modules that an image was bound to; `undefined` if it is not bound in the new way. What is malformed is recorded in its diagnostics. */
export const readBoundImportDirectory = lazyFor((image: PEImage): BoundImportDirectory | undefined => {
  const directory = image.directory('boundImport');
  if (directory === undefined || directory.rva === 0) return undefined;
  const modules: BoundImportedModule[] = [];
  const reader = new BoundReader(image, directory.rva);
  image.diagnostics.attempt(() => {
    for (let found = reader.next(); found !== undefined; found = reader.next()) {
      const { count, ...module } = found;
      const forwarders: BoundForwarder[] = [];
      modules.push({ ...module, forwarders });
      for (let index = 0; index < count; index++) {
        const forwarder = reader.next();
        if (forwarder === undefined) break;
        forwarders.push({ name: forwarder.name, timeDateStamp: forwarder.timeDateStamp });
      }
    }
  });
  return { modules };
});

/** The twin: descriptors with their forwarders, a null descriptor, names. */
export function writeBoundImports({ modules }: BoundImportDirectory): Uint8Array {
  const all = modules.flatMap((module) => [
    { ...module, count: module.forwarders.length },
    ...module.forwarders.map((each) => ({ ...each, count: 0 })),
  ]);
  const names = new ByteWriter();
  const writer = new ByteWriter();
  const start = (all.length + 1) * boundDescriptorLayout.size;
  for (const { name, timeDateStamp, count } of all) {
    const offsetModuleName = start + names.length;
    boundDescriptorLayout.write(writer, { timeDateStamp, offsetModuleName, numberOfModuleForwarderRefs: count });
    names.cstring(name);
  }
  return writer.fill(boundDescriptorLayout.size).bytes(names.toBytes()).toBytes();
}
