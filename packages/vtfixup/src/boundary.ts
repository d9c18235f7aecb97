import { type Diagnostics, Lazy, type Mutable } from '@ijw/binary';
import { NativeCalls, type PInvoke, readPInvokes } from '@ijw/marshalling';
import type { Metadata } from '@ijw/metadata';
import { type CliHeader, type PEImage, readCliHeader, type SymbolSource } from '@ijw/pe';
import { ImageCode } from './code/code-region.ts';
import { type ImportedFunction, readImportedFunctions } from './code/imported-function.ts';
import { type DoubleThunk, readDoubleThunk } from './code/read-jump.ts';
import { type CppCliData, readCppCliData } from './cppcli/cpp-cli-data.ts';
import { literalAllowance } from './cppcli/mapped-field.ts';
import { readSlotFields, type SlotField } from './cppcli/slot-fields.ts';
import { type Crossing, crossingByPointer, crossingIn, crossingOut, type ManagedToNative, type NativeToManaged } from './crossing.ts';
import { type EntryPoints, readEntryPoints } from './entries/entry-point.ts';
import { type ImageExport, readImageExports } from './entries/image-export.ts';
import { SlotMethods, slotEntry } from './entries/slot-entry.ts';
import { judgeSlot, type ReadMemory, slotContent } from './entries/slot-token.ts';
import { readUnmanagedCallersOnly, type UnmanagedCallersOnly } from './entries/unmanaged-callers-only.ts';
import { grouped } from './grouped.ts';
import type { Platform } from './platform/platform.ts';
import { platformOf } from './platform/platform-of.ts';
import { type PlacedExportJump, readExportJumps } from './table/export-jump.ts';
import { readVTableFixups, type VTableFixup } from './table/vtable-fixup.ts';
import { readVTableSlots, type VTableSlot } from './table/vtable-slot.ts';
import { findIndirectTransfers, type IndirectJump, type IndirectTransfers } from './transfers/indirect-transfers.ts';
import { findNativeCallers, type NativeCaller } from './transfers/native-callers.ts';
import { decodeStub, type PointerMeaning, type Stub } from './transfers/stub.ts';

export interface BoundaryOptions {
  /** Receives the errors; by default the image's own diagnostics. */
  readonly diagnostics?: Diagnostics;
  /** For a dump of a loaded image: the other memory of the process, which contains ijwhost's thunks. */
  readonly readMemory?: ReadMemory;
  /** Names for native code: a PDB. */
  readonly symbols?: SymbolSource;
}

/** An entry of the ExportAddressTableJumps directory, the exports that lead to it, and the slot that it is for. */
export interface ExportJumpEntry extends PlacedExportJump {
  readonly exports: readonly ImageExport[];
  /** Absent if that RVA is not the address of a slot. */
  readonly entry?: NativeToManaged;
}

/** A record with what its slots hold. */
export interface FixupEntries {
  readonly fixup: VTableFixup;
  readonly entries: readonly NativeToManaged[];
}

/**
 * Every place of an image where managed and native code meet. The constructor reads nothing; each list is read at its first use and kept. Errors of
 * the image are reported to `diagnostics`, and the lists contain what could be read.
 */
export class Boundary {
  readonly image: PEImage;
  readonly metadata: Metadata | undefined;
  readonly diagnostics: Diagnostics;
  /** The platform of the image's processor; `undefined` for a processor whose code cannot be read. */
  readonly platform: Platform | undefined;
  readonly #readMemory: ReadMemory | undefined;
  readonly #symbols: SymbolSource | undefined;

  private constructor(image: PEImage, metadata: Metadata | undefined, options: BoundaryOptions) {
    this.image = image;
    this.metadata = metadata;
    this.diagnostics = options.diagnostics ?? image.diagnostics;
    this.platform = platformOf(image);
    this.#readMemory = options.readMemory;
    this.#symbols = options.symbols;
    metadata?.budget.renew();
  }

  /** @param metadata of the image, where it has any */
  static of(image: PEImage, metadata: Metadata | undefined, options: BoundaryOptions = {}): Boundary {
    return new Boundary(image, metadata, options);
  }

  readonly #code = new Lazy(() => new ImageCode(this.image));

  /** The image's bytes as code. */
  get code(): ImageCode {
    return this.#code.value;
  }

  readonly #fixups = new Lazy(() => (this.#cliHeader.value ? readVTableFixups(this.image, this.diagnostics) : []));

  /** The records of the VTableFixups directory. */
  get fixups(): readonly VTableFixup[] {
    return this.#fixups.value;
  }

  readonly #slots = new Lazy(() => readVTableSlots(this.image, this.fixups, this.diagnostics));

  /** The slots of all records. */
  get slots(): readonly VTableSlot[] {
    return this.#slots.value;
  }

  readonly #importedFunctions = new Lazy(() => readImportedFunctions(this.image, this.diagnostics));

  /** Imported and delay-loaded functions by the RVA of their pointer. */
  get importedFunctions(): ReadonlyMap<number, ImportedFunction> {
    return this.#importedFunctions.value;
  }

  readonly #managedToNative = new Lazy(() => {
    const { calls } = this;
    return calls === undefined ? [] : readPInvokes(calls, this.diagnostics).map((method) => this.#withStub(method));
  });

  /** Methods with a native body, in the order of the MethodDef table. */
  get managedToNative(): readonly ManagedToNative[] {
    return this.#managedToNative.value;
  }

  readonly #nativeToManaged = new Lazy(() => this.#readNativeToManaged());

  /** Slots, in the order of their records. */
  get nativeToManaged(): readonly NativeToManaged[] {
    return this.#nativeToManaged.value;
  }

  readonly #fixupEntries = new Lazy(() => {
    const byFixup = grouped(this.nativeToManaged, ({ slot }) => slot.fixup);
    return this.fixups.map((fixup) => ({ fixup, entries: byFixup.get(fixup) ?? [] }));
  });

  /** The records, each with its slots. */
  get fixupEntries(): readonly FixupEntries[] {
    return this.#fixupEntries.value;
  }

  readonly #exportJumps = new Lazy(() => {
    const jumps = this.#cliHeader.value ? readExportJumps(this.image, this.diagnostics) : [];
    if (jumps.length === 0) return [];
    const bySlot = new Map(this.nativeToManaged.map((entry) => [entry.slot.rva, entry]));
    const exports = grouped(this.exports, ({ rva }) => rva);
    return jumps.map((jump) => {
      const entry = bySlot.get(jump.slotRva);
      return { ...jump, exports: exports.get(jump.rva) ?? [], ...(entry && { entry }) };
    });
  });

  /** The code that the first version of the .NET Framework made for managed exports, with the method of each. */
  get exportJumps(): readonly ExportJumpEntry[] {
    return this.#exportJumps.value;
  }

  readonly #crossings = new Lazy(() => [
    ...this.managedToNative.map(crossingOut),
    ...this.nativeToManaged.map(crossingIn),
    ...this.unmanagedCallersOnly.map(crossingByPointer),
  ]);

  /** Every crossing, out of managed code and into it: native methods, slots, methods that only native code may call. */
  get crossings(): readonly Crossing[] {
    return this.#crossings.value;
  }

  readonly #importStubs = new Lazy(() => this.#indirectTransfers.value.jumps.filter(({ pointer }) => this.importedFunctions.has(pointer)));

  /** Jumps of the image to functions of other modules (`jmp [IAT]`), in ascending order of address. */
  get importStubs(): readonly IndirectJump[] {
    return this.#importStubs.value;
  }

  readonly #nativeCallers = new Lazy(() => {
    const { image, code, platform, diagnostics } = this;
    return platform
      ? findNativeCallers(
          { image, code, platform, diagnostics },
          this.nativeToManaged.flatMap(({ stubs }) => stubs),
        )
      : [];
  });

  /** Native code and pointers that lead to the stubs of slots, in ascending order of address. Scans all code once. */
  get nativeCallers(): readonly NativeCaller[] {
    return this.#nativeCallers.value;
  }

  readonly #exports = new Lazy(() => readImageExports(this.image, this.code, this.platform, this.pointers, this.diagnostics));

  /** Exports with an address, and where they lead. */
  get exports(): readonly ImageExport[] {
    return this.#exports.value;
  }

  readonly #unmanagedCallersOnly = new Lazy(() => {
    const { calls } = this;
    return calls === undefined ? [] : readUnmanagedCallersOnly(calls, this.diagnostics);
  });

  get unmanagedCallersOnly(): readonly UnmanagedCallersOnly[] {
    return this.#unmanagedCallersOnly.value;
  }

  readonly #cppCliData = new Lazy(() => {
    const { image, metadata, diagnostics } = this;
    const { isSlot } = this.pointers;
    return metadata && diagnostics.attempt(() => readCppCliData({ image, metadata, isSlot, spend: literalAllowance(image) }, diagnostics));
  });

  /** Fields at addresses, start-up tables and sized types; `undefined` for an image without metadata. */
  get cppCliData(): CppCliData | undefined {
    return this.#cppCliData.value;
  }

  readonly #slotFields = new Lazy(() => readSlotFields(this.nativeToManaged, this.cppCliData?.fields ?? []));

  /** Fields of C++/CLI that stand for slots (`__unep@…`, `__m2mep@…`), by the RVA of the slot. */
  get slotFields(): ReadonlyMap<number, readonly SlotField[]> {
    return this.#slotFields.value;
  }

  readonly #entryPoints = new Lazy(() => readEntryPoints(this.image, this.#cliHeader.value, (rva) => this.stubAt(rva)));

  get entryPoints(): EntryPoints {
    return this.#entryPoints.value;
  }

  /** Follows jumps from an address; `undefined` when the machine's code cannot be read. */
  stubAt(rva: number): Stub | undefined {
    const stub = this.platform && decodeStub(this.code, this.platform, rva, this.pointers);
    if (stub?.target.kind !== 'body') return stub;
    const symbol = this.#symbols?.nameAt(stub.target.rva);
    return symbol?.offset === 0 ? { ...stub, target: { ...stub.target, symbol: symbol.name } } : stub;
  }

  readonly #pointers = new Lazy((): PointerMeaning => {
    const slots = new Set(this.slots.map(({ rva }) => rva));
    return { imports: this.importedFunctions, isSlot: (rva) => slots.has(rva) };
  });

  /** The meaning of the image's pointers: imports, slots. */
  get pointers(): PointerMeaning {
    return this.#pointers.value;
  }

  /** What goes through slots and imports, found in one scan. */
  readonly #indirectTransfers = new Lazy((): IndirectTransfers => {
    const { platform, importedFunctions, slots } = this;
    if (platform === undefined || (slots.length === 0 && importedFunctions.size === 0)) return { jumps: [], calls: [] };
    const { isSlot } = this.pointers;
    return findIndirectTransfers(this.code, platform, (pointer) => isSlot(pointer) || importedFunctions.has(pointer));
  });

  readonly #cliHeader = new Lazy((): CliHeader | undefined => this.diagnostics.attempt(() => readCliHeader(this.image)));

  readonly #calls = new Lazy((): NativeCalls | undefined => {
    const { metadata } = this;
    return metadata && this.diagnostics.attempt(() => new NativeCalls(metadata, this.image));
  });

  /** What the methods of the image share for their calls; `undefined` for an image without metadata, and where its attributes cannot be read. */
  get calls(): NativeCalls | undefined {
    return this.#calls.value;
  }

  #withStub(method: PInvoke): ManagedToNative {
    const stub = method.kind === 'rva' ? this.stubAt(method.rva) : undefined;
    // Not copied by a spread: for such an object V8 keeps a description that is larger than the object.
    const call: Mutable<ManagedToNative> = Object.assign(method, { replacedGetLastError: this.#isGetLastError(method, stub) });
    if (stub !== undefined) call.stub = stub;
    return call;
  }

  /** HeuristicDoesThisLookLikeAGetLastErrorCall (dllimport.cpp): the function itself, or a jump `FF 25` to it. */
  #isGetLastError({ implMap, kind }: PInvoke, stub: Stub | undefined): boolean {
    if (kind === 'named') return isKernel32(implMap?.module) && implMap?.name === 'GetLastError';
    if (stub?.target.kind !== 'import' || stub.hops.length !== 1 || this.platform?.name === 'arm64') return false;
    return isKernel32(stub.target.function.module) && stub.target.function.name === 'GetLastError';
  }

  #readNativeToManaged(): readonly NativeToManaged[] {
    if (this.slots.length === 0) return [];
    const { image, metadata, platform, diagnostics } = this;
    const reading = { image, metadata, platform, readMemory: this.#readMemory };
    const { jumps: allJumps, calls: allCalls } = this.#indirectTransfers.value;
    const jumps = grouped(allJumps, ({ pointer }) => pointer);
    const plain = new Set(allJumps.filter(({ length }) => length === PLAIN_JUMP).map(({ rva }) => rva));
    const isJump = (rva: number): boolean => plain.has(rva);
    const indirectCalls = grouped(allCalls, ({ pointer }) => pointer);
    const exports = this.#exportsBySlot();
    const methods = new SlotMethods(this.calls, diagnostics);
    return this.slots.map((slot) => {
      const content = slotContent(reading, slot);
      judgeSlot(reading, slot, content, diagnostics);
      const slotExports = exports.get(slot.rva) ?? NOTHING;
      const stubs = withExportStubs(jumps.get(slot.rva) ?? NOTHING, slotExports);
      return Object.assign(slotEntry(slot, content, methods), {
        stubs,
        nepEntries: stubs.length === 0 ? NOTHING : stubs.flatMap(({ rva }) => this.#nepEntryOf(rva, isJump) ?? []),
        calls: indirectCalls.get(slot.rva) ?? NOTHING,
        exports: slotExports,
      });
    });
  }

  /** The entry that a jump belongs to: it begins four or ten bytes before. */
  #nepEntryOf(jump: number, isJump: (rva: number) => boolean): DoubleThunk | undefined {
    const region = this.code.at(jump);
    if (region === undefined) return undefined;
    for (const distance of NEP_JUMPS) {
      const thunk = this.platform && readDoubleThunk(this.platform, region, jump - region.rva - distance, isJump);
      if (thunk !== undefined) return thunk;
    }
    return undefined;
  }

  #exportsBySlot(): ReadonlyMap<number | undefined, readonly ImageExport[]> {
    return grouped(this.exports, ({ stub }) => (stub?.target.kind === 'slot' ? stub.target.slotRva : undefined));
  }
}

/** Of most slots of an image with many. */
const NOTHING: readonly never[] = [];

/** Adds the jumps of exports that stand outside of what is marked as code, as some rewriters leave them. */
function withExportStubs(found: readonly IndirectJump[], exports: readonly ImageExport[]): readonly IndirectJump[] {
  if (exports.length === 0) return found;
  const known = new Set(found.map(({ rva }) => rva));
  const more = exports.flatMap(({ stub }) => {
    const last = stub?.hops.at(-1);
    return last?.kind === 'indirect' && !known.has(last.rva) ? [last] : [];
  });
  return more.length === 0 ? found : [...found, ...more];
}

/** Where the two jumps of an entry in `.nep` are: `jmp +8; ud2; jmp [slot]; jmp [slot]`. */
const NEP_JUMPS = [4, 10] as const;
/** Bytes of each of them. */
const PLAIN_JUMP = 6;

const isKernel32 = (module: string | undefined): boolean => /^kernel32(\.dll)?$/i.test(module ?? '');
