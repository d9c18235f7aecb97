import type { Unsupported } from '@ijw/marshalling';
import { MethodAttributes, TableId, tokenRid, tokenTable } from '@ijw/metadata';
import { InPlaceRun } from '../../code-memory/in-place-run.ts';
import { InterleavedRun } from '../../code-memory/interleaved-run.ts';
import type { ThunkRun } from '../../code-memory/thunk-run.ts';
import { type FixupRecord, FixupType } from '../../hosts/fixup-records.ts';
import type { Trace } from '../../load/load-event.ts';
import type { ThunkForm } from '../../platform/thunk-form.ts';
import type { FixupContext } from './fixup-context.ts';
import { MarshallingStubs, type PlacedCode, type PlacedEntry, type PlacedStub } from './marshalling-stubs.ts';
import { type ResolvedMethod, resolveFixupToken } from './resolve-fixup-token.ts';

/**
 * `reverse` is what a slot of type P|4 or P|8 gets (a UMEntryThunk): native code calls it with the native convention and it changes to managed code.
 * `managed` is what a slot of type P gets: the method's own entry, which native code calls with the managed convention, without a transition
 * (the double-thunk elimination of C++/CLI).
 */
export type ThunkKind = 'reverse' | 'managed';

/** A slot after the runtime has fixed it up. */
export interface FixedSlot {
  /** Its number among the slots of all records. */
  readonly index: number;
  readonly record: number;
  readonly rva: number;
  readonly type: number;
  readonly method: ResolvedMethod;
  readonly kind: ThunkKind;
  /** The domain that a call goes to: on .NET Framework P|4 is bound to the first, P|8 goes by the caller's. */
  readonly appDomain?: 'first' | 'caller';
  /** Address of the thunk, which is what the slot holds. */
  readonly address: number;
  readonly size: number;
}

/** What leads to the slots' methods. */
interface Thunks {
  readonly kind: ThunkKind;
  readonly run: ThunkRun;
  /** The first slot of each. */
  readonly slots: Uint32Array;
}

/** The runs of thunks: one thunk a slot for native callers, one a method for the others, whose form is another where the method is a P/Invoke. */
const REVERSE = 0;
const METHOD = 1;
const PINVOKE = 2;

/**
 * The slots of an image that is being fixed up. Only numbers are kept, a few bytes a slot; the other facts are computed for a slot when
 * somebody asks for.
 */
export class FixedSlots {
  readonly #context: FixupContext;
  /** Those with slots, in order, and the number of each one's first slot. */
  readonly #records: readonly FixupRecord[];
  readonly #firsts: Uint32Array;
  readonly #tokens: Uint32Array;
  /** The run that each slot's thunk is in, and its number there. */
  readonly #runs: Uint8Array;
  readonly #places: Uint32Array;
  readonly #thunks: readonly Thunks[];
  readonly #stubs: MarshallingStubs;
  /** What the precodes of methods lead to, once one of them is called. */
  #entries: ThunkRun | undefined;
  /** Whether a thunk has been called, by its first slot. */
  readonly #prepared: Uint8Array;

  /** @throws LoadRefusal where the process has no room for the thunks */
  constructor(context: FixupContext, records: readonly FixupRecord[], tokens: Uint32Array) {
    this.#context = context;
    this.#records = records.filter(({ count }) => count > 0);
    this.#firsts = firstSlots(this.#records);
    this.#tokens = tokens;
    this.#runs = new Uint8Array(tokens.length);
    this.#places = new Uint32Array(tokens.length);
    this.#prepared = new Uint8Array(tokens.length);
    this.#thunks = this.#makeThunks(this.#assignThunks());
    this.#stubs = new MarshallingStubs(context);
  }

  get count(): number {
    return this.#tokens.length;
  }

  tokenOf(index: number): number {
    return this.#tokens[index]!;
  }

  recordOf(index: number): FixupRecord {
    return this.#records[this.#recordNumber(index)]!;
  }

  rvaOf(index: number): number {
    const number = this.#recordNumber(index);
    return this.#records[number]!.rva + (index - this.#firsts[number]!) * this.#context.process.processor.pointerSize;
  }

  /** The thunk of a slot: what goes into it. */
  thunkOf(index: number): PlacedCode & { readonly kind: ThunkKind; readonly isNew: boolean } {
    const { kind, run, slots } = this.#thunks[this.#runs[index]!]!;
    const place = this.#places[index]!;
    return { kind, address: run.addressOf(place), size: run.size, isNew: slots[place] === index };
  }

  /** On .NET Framework, the domain that a call through a slot goes to. */
  appDomainOf(index: number): 'first' | 'caller' | undefined {
    if (this.#context.host !== 'framework' || this.#runs[index] !== REVERSE) return undefined;
    return this.recordOf(index).type & FixupType.fromUnmanaged ? 'first' : 'caller';
  }

  /** The slot whose thunk begins at an address; of several with one thunk the first. */
  at(address: number): FixedSlot | undefined {
    for (const { run, slots } of this.#thunks) {
      const place = run.indexOf(address);
      if (place !== undefined) return this.#slot(slots[place]!);
    }
    return undefined;
  }

  /** The identity that a thunk passes to its code: the method that is called. A method's own entry goes on to one that says the token. */
  passedBy({ index, method }: FixedSlot): number {
    if (this.#runs[index] === METHOD) return method.token;
    return this.#thunks[this.#runs[index]!]!.run.passedBy(this.#places[index]!);
  }

  /**
   * What the first call of a thunk does before it goes on: a `reverse` one gets its marshalling code, a `managed` one the code behind the method's entry,
   * and both lead there from then on. Returns that code, or why it cannot be made.
   */
  prepare(slot: FixedSlot, trace: Trace): PlacedStub | PlacedEntry | Unsupported {
    const code = slot.kind === 'reverse' ? this.#stubs.of(slot.method) : this.#stubs.entryOf(slot.method);
    if (code.kind !== 'unsupported') this.#lead(slot, code.address, trace);
    return code;
  }

  /** A stub's code needs the method's identity. A method's precode does not pass it: it leads to a second one, which does. */
  #lead({ index, method }: FixedSlot, code: number, trace: Trace): void {
    const place = this.#places[index]!;
    const { run, slots } = this.#thunks[this.#runs[index]!]!;
    const first = slots[place]!;
    if (this.#prepared[first]) return;
    this.#prepared[first] = 1;
    const target = this.#runs[index] === METHOD ? this.#entryFor(place, code) : code;
    run.retarget(place, target);
    const { token, name } = method;
    trace.add({ step: 'prepareThunk', token, method: name, thunk: run.addressOf(place), target });
  }

  #entryFor(place: number, code: number): number {
    this.#entries ??= this.#makeRun(this.#thunks[METHOD]!.slots, this.#context.forms.stubPrecode, 'ThePreStub');
    this.#entries.retarget(place, code);
    return this.#entries.addressOf(place);
  }

  #slot(index: number): FixedSlot {
    const { assembly, types } = this.#context;
    const { kind, address, size } = this.thunkOf(index);
    const { index: record, type } = this.recordOf(index);
    const method = resolveFixupToken(assembly, types, this.tokenOf(index));
    const appDomain = this.appDomainOf(index);
    return { index, record, rva: this.rvaOf(index), type, method, kind, address, size, ...(appDomain && { appDomain }) };
  }

  #recordNumber(slot: number): number {
    let low = 0;
    let high = this.#firsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#firsts[middle]! <= slot) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Gives each slot its place in a run. Returns the first slot of every place, by run. */
  #assignThunks(): readonly (readonly number[])[] {
    const { platform, forms } = this.#context;
    const { pointerSizedFixup } = platform;
    const pinvokesDiffer = forms.pinvokeEntry !== forms.fixupPrecode;
    const slots: readonly number[][] = [[], [], []];
    const byToken = new Map<number, number>();
    for (const [number, { type, count }] of this.#records.entries()) {
      const first = this.#firsts[number]!;
      for (let index = first; index < first + count; index++) {
        const token = this.#tokens[index]!;
        const run = type !== pointerSizedFixup ? REVERSE : pinvokesDiffer && this.#isPInvoke(token) ? PINVOKE : METHOD;
        const known = run === REVERSE ? undefined : byToken.get(token);
        const place = known ?? slots[run]!.push(index) - 1;
        if (run !== REVERSE) byToken.set(token, place);
        this.#runs[index] = run;
        this.#places[index] = place;
      }
    }
    return slots;
  }

  #makeThunks(slots: readonly (readonly number[])[]): readonly Thunks[] {
    const { entryThunk, fixupPrecode, pinvokeEntry } = this.#context.forms;
    return slots.map((firsts, number) => {
      const kind = number === REVERSE ? 'reverse' : 'managed';
      const form = [entryThunk, fixupPrecode, pinvokeEntry][number]!;
      const ofPlace = Uint32Array.from(firsts);
      return { kind, slots: ofPlace, run: this.#makeRun(ofPlace, form, kind === 'reverse' ? 'TheUMEntryPrestub' : 'ThePreStub') };
    });
  }

  /** Thunks for the methods of some slots. */
  #makeRun(slots: Uint32Array, form: ThunkForm, common: string): ThunkRun {
    const { process, host, forms } = this.#context;
    const prestubName = (form.kind === 'inPlace' ? form.prestub : undefined) ?? common;
    const prestub = process.gates.for(host === 'core' ? 'coreclr.dll' : 'clr.dll', prestubName, 'helper').address;
    const identityOf = (place: number): number => this.#tokens[slots[place]!]!;
    const init = { process, dataDistance: forms.dataDistance, count: slots.length, identityOf, prestub };
    return form.kind === 'inPlace' ? new InPlaceRun({ ...init, form }) : new InterleavedRun({ ...init, form });
  }

  #isPInvoke(token: number): boolean {
    const { metadata } = this.#context.assembly;
    return (
      tokenTable(token) === TableId.MethodDef &&
      (metadata.tables.MethodDef.get(tokenRid(token), 'Flags') & MethodAttributes.PInvokeImpl) !== 0
    );
  }
}

function firstSlots(records: readonly FixupRecord[]): Uint32Array {
  const firsts = new Uint32Array(records.length);
  let next = 0;
  for (const [number, { count }] of records.entries()) {
    firsts[number] = next;
    next += count;
  }
  return firsts;
}
