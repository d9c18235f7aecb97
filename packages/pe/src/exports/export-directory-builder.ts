import { ByteWriter } from '@ijw/binary';
import type { ImagePart, ImagePlan, PartPlace } from '../builder/image-plan.ts';
import { exportDirectoryLayout } from './export-directory.ts';

/** One name of one ordinal, or an ordinal without a name. An ordinal may be given several times, for several names. */
export type ExportInput = { readonly ordinal: number; readonly name?: string } & (
  | { readonly target: PartPlace }
  /** `MODULE.Name` or `MODULE.#ordinal`. */
  | { readonly forwarder: string }
);

export interface ExportDirectoryInput {
  readonly moduleName: string;
  readonly symbols: readonly ExportInput[];
  readonly timeDateStamp?: number;
  /** The lowest ordinal when not said. */
  readonly ordinalBase?: number;
}

/** Texts of the directory, at offsets from where it begins. */
class Texts {
  readonly writer = new ByteWriter();
  readonly #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  add(text: string): number {
    const offset = this.#start + this.writer.length;
    this.writer.cstring(text);
    return offset;
  }
}

/** By bytes, as the loader's binary search compares names. */
const byName = (first: { name: string }, second: { name: string }): number =>
  first.name < second.name ? -1 : first.name > second.name ? 1 : 0;

interface Layout {
  readonly size: number;
  readonly base: number;
  readonly functions: number;
  readonly named: readonly { readonly name: string; readonly index: number; readonly offset: number }[];
  readonly targets: ReadonlyMap<number, { readonly forwarderOffset: number } | { readonly target: PartPlace }>;
  readonly moduleNameOffset: number;
  readonly texts: Uint8Array;
}

function layoutOf(input: ExportDirectoryInput): Layout {
  const ordinals = input.symbols.map((symbol) => symbol.ordinal);
  const base = input.ordinalBase ?? ordinals.reduce((lowest, ordinal) => Math.min(lowest, ordinal), ordinals[0] ?? 1);
  const functions = ordinals.reduce((count, ordinal) => Math.max(count, ordinal - base + 1), 0);
  const names = input.symbols.filter((symbol): symbol is ExportInput & { readonly name: string } => symbol.name !== undefined).sort(byName);
  const texts = new Texts(exportDirectoryLayout.size + functions * 4 + names.length * 6);
  const moduleNameOffset = texts.add(input.moduleName);
  const named = names.map(({ name, ordinal }) => ({ name, index: ordinal - base, offset: texts.add(name) }));
  const targets = new Map(
    input.symbols.map((symbol) => [
      symbol.ordinal - base,
      'forwarder' in symbol ? { forwarderOffset: texts.add(symbol.forwarder) } : { target: symbol.target },
    ]),
  );
  const size = exportDirectoryLayout.size + functions * 4 + names.length * 6 + texts.writer.length;
  return { size, base, functions, named, targets, moduleNameOffset, texts: texts.writer.toBytes() };
}

function write(plan: ImagePlan, start: number, layout: Layout, input: ExportDirectoryInput): Uint8Array {
  const addresses = start + exportDirectoryLayout.size;
  const writer = new ByteWriter();
  exportDirectoryLayout.write(writer, {
    characteristics: 0,
    timeDateStamp: input.timeDateStamp ?? 0,
    majorVersion: 0,
    minorVersion: 0,
    nameRva: start + layout.moduleNameOffset,
    ordinalBase: layout.base,
    numberOfFunctions: layout.functions,
    numberOfNames: layout.named.length,
    addressOfFunctions: addresses,
    addressOfNames: addresses + layout.functions * 4,
    addressOfNameOrdinals: addresses + layout.functions * 4 + layout.named.length * 4,
  });
  for (let index = 0; index < layout.functions; index++) {
    const target = layout.targets.get(index);
    if (target === undefined) writer.u32(0);
    else writer.u32('target' in target ? plan.rvaOf(target.target) : start + target.forwarderOffset);
  }
  for (const { offset } of layout.named) writer.u32(start + offset);
  for (const { index } of layout.named) writer.u16(index);
  return writer.bytes(layout.texts).toBytes();
}

/** PE/COFF "The .edata Section" as one part: the table, the addresses, the sorted names. */
export function exportDirectoryPart(input: ExportDirectoryInput): ImagePart {
  const layout = layoutOf(input);
  const part: ImagePart = { size: layout.size, write: (plan) => write(plan, plan.rvaOf(part), layout, input) };
  return part;
}
