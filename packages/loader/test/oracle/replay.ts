import type { LoadOutcome, Use } from '@ijw/loader';
import { expect } from 'vitest';
import type { Fact, FactGroup } from './fact-file.ts';
import { expectCall, expectException, expectSlots, type Scene } from './scene.ts';

/** Checks one fact; the scene does what the host program did before it printed it. */
type Check = (scene: Scene, value: string, fact: Fact) => void;
type Rule = readonly [RegExp, (scene: Scene, match: RegExpExecArray, fact: Fact) => void];

function expectLoad(outcome: LoadOutcome, value: string): void {
  if (value.startsWith('ok')) {
    expect(outcome.outcome, JSON.stringify(outcome.outcome === 'refused' && outcome.reason)).toBe('loaded');
    const assembly = value.slice(3);
    if (assembly !== '') expect(outcome.module?.assemblyName).toBe(assembly);
    return;
  }
  expect(outcome.outcome).toBe('refused');
  if (outcome.outcome !== 'refused') return;
  expectException(outcome.exception, value);
  expect(outcome.hresult).toBe(outcome.exception?.hresult);
}

const text = (fact: Fact): string => String(fact.value);
const list = (fact: Fact): readonly string[] => (Array.isArray(fact.value) ? fact.value : []);

/** Page protections as VirtualQuery names them: PAGE_READONLY, PAGE_WRITECOPY, PAGE_EXECUTE_READ. */
const PROTECTIONS: Readonly<Record<string, string>> = { '0x2': 'r--', '0x8': 'rw-', '0x20': 'r-x' };

const mappedCheck = (scene: Scene, value: string): void => {
  const mapped = scene.outcomes.some((outcome) => outcome.module?.mapped);
  expect(mapped).toBe(value === 'nonzero');
};

/** Facts that any scenario may have, by their key. */
const RULES: readonly Rule[] = [
  [/^load$/, (scene, _match, fact) => expectLoad(scene.load(), text(fact))],
  [/^GetModuleHandle$/, (scene, _match, fact) => mappedCheck(scene, text(fact))],
  [/^GetHINSTANCE==module$|^hinst$/, (scene) => expect(scene.module.base).toBeGreaterThan(0)],
  [/^slots(AfterLoad|AfterGetTypes|AfterCalls)?$|^slots after/, (scene, _match, fact) => expectSlots(scene.module, scene.map, list(fact))],
  [/^slotPage(#(\d+))?$/, (scene, match, fact) => expectProtection(scene, Number(match[2] ?? 1) - 1, text(fact))],
  [/^cctorCount/, (scene, _match, fact) => expect(scene.constructorRuns).toBe(Number(fact.value))],
  [/^nativeEntryCount$/, (scene, _match, fact) => expect(scene.nativeEntryCalls).toBe(Number(fact.value))],
  [/^types$/, (scene) => use(scene, 'getTypes')],
  [/^moduleMethods$/, (scene) => use(scene, 'getMethods')],
  [/^call slot(\d+)/, (scene, match, fact) => callSlot(scene, Number(match[1]), fact)],
  [/^(PCallSlot|PJmpSlot)(\d+)\[/, (scene, match, fact) => callThroughNative(scene, match[1]! + match[2], Number(match[2]), fact)],
  [
    /^(\w+) *\(.*\) via slot$/,
    (scene, match, fact) =>
      callSlot(
        scene,
        scene.map.slots.findIndex((slot) => slot.what === match[1]),
        fact,
      ),
  ],
  [
    /^slotsSame/,
    (scene, _match, fact) =>
      expect(String(scene.module.slots.at(0)!.after === scene.module.slots.at(-1)!.after)).toBe(text(fact).toLowerCase()),
  ],
  [/^type2 slot ==/, (scene) => expect(scene.module.slots.find((slot) => slot.type === 2)!.content.kind).toBe('managed')],
  [/^new C$/, (scene) => use(scene, 'newObject')],
  [/^C\.TSub$/, (scene) => expectCall(scene.module.call('C::TSub', 7, 3), '4')],
  [/^fnptr /, (scene) => use(scene, 'functionPointer')],
  [/^Prelink /, (scene) => use(scene, 'prelink')],
  [/^PrepareMethod /, (scene) => use(scene, 'prepareMethod')],
  [/^delegate /, (scene) => use(scene, 'createDelegate')],
  [/^runcctor$/, (scene) => use(scene, 'runModuleConstructor')],
  [/^([A-Z]\w*?)[({].*[)}]$/, (scene, match, fact) => expectCall(scene.module.call(match[1]!), text(fact))],
  [/^(MAdd|PAdd)$|^MAdd again$/, (scene, match, fact) => expectCall(scene.module.call(match[1] ?? 'MAdd', 1, 2), text(fact))],
  [/^(N\w+) export$|^(JmpSlot\d+) bytes$/, (scene, match, fact) => expectExport(scene, match[1] ?? match[2]!, text(fact))],
  [/^N\w+ slot$/, () => undefined],
];

function use(scene: Scene, kind: Use): void {
  expect(scene.module.use(kind).kind).toBe('returned');
}

function expectProtection(scene: Scene, index: number, value: string): void {
  const protection = /prot=(0x[0-9A-F]+)/.exec(value)![1]!;
  expect(scene.module.rightsAt(scene.slotRva(index))).toBe(PROTECTIONS[protection]);
}

/** The code of an export, but for the addresses in it. */
function expectExport(scene: Scene, name: string, bytes: string): void {
  const address = scene.module.exportAddress(name);
  const code = scene.module.read(address! - scene.module.base, 12);
  expect(Array.from(code as Uint8Array, (byte, index) => (index >= 2 && index < 10 ? 0 : byte))).toEqual(
    Array.from({ length: 12 }, (_, index) => (index >= 2 && index < 10 ? 0 : Number.parseInt(bytes.slice(index * 2, index * 2 + 2), 16))),
  );
}

function callSlot(scene: Scene, index: number, fact: Fact): void {
  if (fact.key.includes('as managed instance')) scene.module.use('newObject');
  expectCall(scene.module.callSlot(scene.slotRva(index), 40, 2), text(fact));
}

/** Managed code calls an RVA P/Invoke whose native code goes on through a slot. */
function callThroughNative(scene: Scene, pinvoke: string, index: number, fact: Fact): void {
  const first = scene.module.call(pinvoke, 40, 2);
  expect(first.kind).toBe(scene.module.constructorRuns > 0 ? 'native' : 'threw');
  expectCall(scene.module.callSlot(scene.slotRva(index), 40, 2), text(fact));
}

/** Not about the image: what the process printed of itself, of reflection, or of what the harness did. */
const IRRELEVANT =
  /^(text|EXIT|seh|secondLoad|slotsAfterSecondLoad|assemblies|alcs|reflect .*|.* GetLastPInvokeError|OutputDebugString|os|EXIT|file.*)$/;

/** Applies the rules to every fact in turn. Extra rules of a scenario are tried first. */
export function replay(scene: Scene, facts: readonly Fact[], extra: readonly Rule[] = []): void {
  for (const fact of facts) {
    const rule = [...extra, ...RULES].find(([pattern]) => pattern.test(fact.key));
    if (rule) rule[1](scene, rule[0].exec(fact.key)!, fact);
    else if (!IRRELEVANT.test(fact.key)) throw new Error(`No check for the fact "${fact.key}"`);
  }
}

export type { Check, FactGroup, Rule };
