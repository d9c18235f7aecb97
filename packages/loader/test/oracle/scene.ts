import { readFileSync } from 'node:fs';
import { type CallResult, type CaughtException, type LoadedModule, Loader, type LoadOutcome, type LoadRequest } from '@ijw/loader';
import { expect } from 'vitest';
import { parseException, withoutWine } from './exception-text.ts';
import { type FactGroup, type ImageMap, imagePath, readMap } from './fact-file.ts';
import { ImageCode } from './image-code.ts';

/** A process like the one that the facts are of. */
export class Scene {
  readonly group: FactGroup;
  readonly map: ImageMap;
  readonly bytes: Uint8Array;
  readonly loader: Loader;
  readonly code: ImageCode;
  readonly modules: LoadedModule[] = [];
  readonly outcomes: LoadOutcome[] = [];

  constructor(group: FactGroup, options: Partial<ConstructorParameters<typeof Loader>[0]> = {}) {
    this.group = group;
    this.map = readMap(group.image);
    this.bytes = new Uint8Array(readFileSync(imagePath(group.image)));
    this.code = new ImageCode(this.bytes);
    this.loader = new Loader({ host: 'core', architecture: 'x64', managedEntry: this.code, ...options });
  }

  load(request: LoadRequest = {}): LoadOutcome {
    const outcome = this.loader.load(this.bytes, { path: this.group.path, ...request });
    this.outcomes.push(outcome);
    if (outcome.module && !(outcome.outcome === 'loaded' && outcome.again)) this.modules.push(outcome.module);
    return outcome;
  }

  get module(): LoadedModule {
    const [module] = this.modules;
    if (!module) throw new Error(`Nothing is loaded: ${JSON.stringify(this.outcomes.at(-1))}`);
    return module;
  }

  /** The counter in the image is shared by all assemblies over it. */
  get constructorRuns(): number {
    return this.code.calls.filter((call) => call.through === 'moduleConstructor').length;
  }

  /** Calls that the trace has; the entry point counts them in the image as well. */
  get nativeEntryCalls(): number {
    const calls = this.outcomes.flatMap((outcome) => outcome.events).filter((event) => event.step === 'nativeEntryPoint').length;
    const counter = this.module.read(this.map.rvas.get('nativeEntryCount')!, 4);
    expect(counter).toEqual(Uint8Array.of(calls, 0, 0, 0));
    return calls;
  }

  slotRva(index: number): number {
    return this.map.slots[index]!.rva;
  }
}

/** The kind of thunk that a slot's description in the facts shows: by its first bytes. */
export function kindOf(description: string): 'reverse' | 'managed' | 'bootstrap' | 'raw' {
  if (description.includes('(token/raw)') || / prot=0x1 type=0x0 ?$/.test(description)) return 'raw';
  const code = /(?:bytes=| )([0-9A-F]{48,})$/.exec(description)?.[1] ?? '';
  if (code.startsWith('49BA')) return 'bootstrap';
  if (code.startsWith('FF25') || / ?type0x2 /.test(description)) return 'managed';
  if (code.startsWith('4C8B15')) return 'reverse';
  throw new Error(`Unknown slot: ${description}`);
}

const slotValue = (description: string): bigint => BigInt(/: (0x[0-9A-F]+)/.exec(description)![1]!);

/** The slots hold what the facts say: the same kinds of thunk, equal where they are equal there. */
export function expectSlots(module: LoadedModule, map: ImageMap, descriptions: readonly string[]): void {
  const actual = map.slots.map((slot) => slotOf(module, slot.rva, slot.width));
  expect(actual.map((slot) => slot.kind)).toEqual(descriptions.map(kindOf));
  for (const [index, description] of descriptions.entries()) {
    if (kindOf(description) === 'raw') expect(actual[index]!.value).toBe(slotValue(description));
    const twin = descriptions.findIndex((other) => slotValue(other) === slotValue(description));
    expect(actual.findIndex((other) => other.value === actual[index]!.value)).toBe(twin);
  }
}

/** The slot of the map: one of the module's fixups, or where the image has no such fixup the bytes that are there. */
function slotOf(module: LoadedModule, rva: number, width: number): { readonly kind: string; readonly value: bigint } {
  const slot = module.slotAt(rva);
  if (slot) return { kind: slot.content.kind, value: BigInt.asUintN(width * 8, BigInt(slot.after)) };
  const bytes = module.read(rva, width);
  if (!(bytes instanceof Uint8Array)) throw new Error(`Nothing at ${rva}`);
  const view = new DataView(bytes.buffer);
  return { kind: 'raw', value: width === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true)) };
}

export function expectException(actual: CaughtException | undefined, text: string): void {
  expect(actual).toEqual(withoutWine(parseException(text)));
}

/** A call's outcome against the value or exception that was printed. */
export function expectCall(result: CallResult, value: string): void {
  if (value.startsWith('EX')) {
    expect(result.kind, JSON.stringify(result)).toBe('threw');
    if (result.kind === 'threw') expectException(result.exception, value);
  } else if (value.startsWith('not callable')) expect(result.kind).toBe('accessViolation');
  else if (value === 'absent') expect(result.kind).toBe('noSuchMethod');
  else expect(['returned', 'native'], JSON.stringify(result)).toContain(result.kind);
}
