import type { Use } from '@ijw/loader';
import { expect } from 'vitest';
import { contexts } from './contexts.ts';
import type { Fact, FactGroup } from './fact-file.ts';
import { nativeFirst } from './native-first.ts';
import { replay } from './replay.ts';
import { expectCall, Scene } from './scene.ts';

const text = (fact: Fact): string => String(fact.value);

/** Where a process ended before its scenario did, the next thing that it would have done is what ended it. */
const died = (facts: readonly Fact[]): boolean => facts.some((fact) => fact.key === 'EXIT' && fact.value === 2);

/** The P/Invokes of the `pinv` scenario, in the order in which the host program calls them. */
const PINVOKES = [
  'PAdd',
  'PAddModopt',
  'PAddMap',
  'PAddMapSelfName',
  'PAddMapK32',
  'PAddImpl05',
  'PNoRvaNoMap',
  'PNoRvaEmptyMod',
  'PNoRvaSelfName',
  'PAddImpl80',
  'PAddImpl81',
  'PAddImpl84',
  'PAddImpl00',
  'NatNoPinv',
  'MCallsPAdd',
];

/** A load that the process did not live to tell of is fatal. */
function load(group: FactGroup): void {
  const scene = new Scene(group);
  if (group.image === 'pA_norelocsbusy') scene.loader.load(scene.bytes, { path: 'neighbour.dll', nativeFirst: true });
  replay(scene, group.facts);
  if (group.facts.some((fact) => fact.key === 'load')) return;
  expect(died(group.facts)).toBe(true);
  expect(scene.load()).toMatchObject({ outcome: 'refused', fatal: true, hresult: 0x80131506 });
}

function pinv(group: FactGroup): void {
  const scene = new Scene(group);
  replay(scene, group.facts, [
    [
      /^(PAddImpl05|PErr\w+)\(/,
      (at, match, fact) => {
        const result = at.module.call(match[1]!);
        expectCall(result, text(fact));
        if (result.kind !== 'native') return;
        expect(result.hresultSwapping ?? false).toBe(match[1] === 'PAddImpl05');
        expect(result.setLastError ?? false).toBe(match[1]!.startsWith('PErrMap'));
      },
    ],
  ]);
  if (!died(group.facts)) return;
  const called = group.facts.filter((fact) => fact.key.endsWith('(40,2)')).length;
  expect(scene.module.call(PINVOKES[called]!)).toMatchObject({ kind: 'processDied', hresult: 0x80131506 });
}

/** The first use of an assembly, and whether it ran the module constructor. */
const FIRST_USES: Readonly<Record<string, Use>> = {
  field: 'readField',
  runcctor: 'runModuleConstructor',
  delegateM: 'createDelegate',
  delegateP: 'createDelegate',
  delegateMcall: 'createDelegate',
  fnptrM: 'functionPointer',
  prelink: 'prelink',
  prepM: 'prepareMethod',
};

function first(group: FactGroup): void {
  replay(new Scene(group), group.facts, [
    [
      /^first (\w+)$/,
      (scene, match, fact) => {
        const what = match[1]!;
        const use = FIRST_USES[what];
        if (use) return expect(scene.module.use(use).kind).toBe('returned');
        if (what === 'jmpslot') {
          expect(scene.module.call('PJmpSlot0', 40, 2).kind).toBe('native');
          return expectCall(scene.module.callSlot(scene.slotRva(0), 40, 2), text(fact));
        }
        return expectCall(scene.module.call(what === 'TSub' ? 'C::TSub' : what, 40, 2), text(fact));
      },
    ],
  ]);
}

/** RVA statics live at base + RVA, where native code writes them. */
function magic(group: FactGroup): void {
  replay(new Scene(group), group.facts, [
    [
      /^magic via IL$/,
      (scene) => expect(scene.module.read(scene.map.rvas.get('magic')!, 4)).toEqual(Uint8Array.of(0x78, 0x56, 0x34, 0x12)),
    ],
    [
      /^ldsflda inside image$/,
      (scene) => expect(scene.module.fieldAddress('magic')).toBe(scene.module.base + scene.map.rvas.get('magic')!),
    ],
    [
      /^magic after native write$/,
      (scene) => expect(scene.module.write(scene.map.rvas.get('magic')!, Uint8Array.of(77, 0, 0, 0))).toBeUndefined(),
    ],
    [/^FieldInfo\.GetValue$/, (scene) => expect(scene.module.read(scene.map.rvas.get('magic')!, 1)).toEqual(Uint8Array.of(77))],
  ]);
}

/** `call=METHOD|ARGS` and `ncall=SLOT|KIND` lines of the map. A step that the process died of left only the text of a fatal error. */
function steps(group: FactGroup): void {
  const scene = new Scene(group);
  const step = scene.map.steps[Number(group.args[0])]!;
  const loadFacts = group.facts.filter((fact) => ['load', 'GetModuleHandle'].includes(fact.key));
  replay(scene, loadFacts);
  if (scene.outcomes[0]!.outcome === 'refused') return;
  const results = group.facts.filter((fact) => /^(native )?call /.test(fact.key));
  for (const [index, line] of step.filter((part) => /^n?call=/.test(part)).entries()) {
    const result = runStep(scene, line);
    const fact = results[index];
    if (!fact) {
      expect(died(group.facts)).toBe(true);
      expect(result).toMatchObject({ kind: 'processDied', hresult: 0x80131506 });
      return;
    }
    expectCall(result, text(fact));
    // What a process does after an exception was caught in it is not reliable.
    if (result.kind === 'threw') return;
  }
  const count = group.facts.filter((fact) => fact.key.startsWith('cctorCount@then')).at(-1);
  if (count) expect(expectedRuns(scene, step)).toBe(Number(count.value));
}

const runStep = (scene: Scene, line: string) => {
  const [target = '', ...args] = line.slice(line.indexOf('=') + 1).split('|');
  return line.startsWith('ncall') ? scene.module.callSlot(scene.slotRva(Number(target)), ...args) : scene.module.call(target, ...args);
};

/** The image's counter also counts a `.cctor` that is called like any other method. */
const expectedRuns = (scene: Scene, step: readonly string[]): number =>
  scene.constructorRuns +
  step.filter((line) => line.startsWith('ncall') && scene.map.slots[Number(line.slice(6).split('|')[0])]?.what === 'cctor').length;

/** Two copies of an image in one process. */
function pair(group: FactGroup): void {
  const scene = new Scene(group);
  const copyPath = `${group.path}.copy`;
  replay(scene, group.facts, [
    [/^first LoadFile$/, (at) => expect(at.load({ from: 'loadFile' }).outcome).toBe('loaded')],
    [/^first mapped$/, (at) => expect(BigInt(at.module.base)).toBe(at.module.image.optionalHeader.imageBase)],
    [
      /^copy LoadFile$/,
      (at, _match, fact) => {
        const outcome = at.load({ from: 'loadFile', path: copyPath });
        if (text(fact) === 'ok') return expect(outcome.outcome).toBe('loaded');
        return expect(outcome).toMatchObject({ outcome: 'refused', hresult: 0x800701e7 });
      },
    ],
    [/^copy mapped$/, (at, _match, fact) => expect(at.modules[1]?.base !== undefined ? 'elsewhere' : 'no').toBe(text(fact))],
    [
      /^copy slots$/,
      (at) =>
        expect(
          at.modules[1]!.slots.every(
            (slot) => slot.content.kind === 'reverse' && !at.module.slots.some((other) => other.after === slot.after),
          ),
        ).toBe(true),
    ],
    [
      /^(first|copy) (slots|PAdd|JmpSlot|export)/,
      (at, match) => expect(at.modules[match[1] === 'first' ? 0 : 1]!.call('PAdd', 40, 2).kind).toBe('native'),
    ],
  ]);
}

/** Three managed threads one after the other; the module constructor runs once. */
function threads(group: FactGroup): void {
  replay(new Scene(group), group.facts, [
    [
      /^thread\d+ (\w+)$/,
      (scene, match) => {
        const result = match[1] === 'slot0' ? scene.module.callSlot(scene.slotRva(0), 40, 2) : scene.module.call(match[1]!, 40, 2);
        expect(['returned', 'native']).toContain(result.kind);
        expect(scene.constructorRuns).toBe(1);
      },
    ],
  ]);
}

/** Calls through exports whose code jumps through a slot. A slot that was left alone leads nowhere, which the process did not survive. */
function exports(group: FactGroup): void {
  const scene = new Scene(group);
  replay(scene, group.facts, [
    [/^(N\w+)\(/, (at, match, fact) => expectCall(at.module.callExport(match[1]!, 40, 2), text(fact))],
    [/^M\w+\(/, (at) => expect(at.module.callExport('JmpSlot0', 1, 2).kind).toBe('returned')],
  ]);
  if (died(group.facts)) expect(scene.module.callExport(group.args[0]!).kind).toBe('accessViolation');
}

const plain = (group: FactGroup): void => replay(new Scene(group), group.facts);

/** What each scenario of the host program is here. */
export const SCENARIOS: Readonly<Record<string, (group: FactGroup) => void>> = {
  load,
  pinv,
  first,
  magic,
  steps,
  pair,
  threads,
  slotcall: plain,
  typefirst: plain,
  export: exports,
  ilasmexport: exports,
  'native-first': nativeFirst,
  ...contexts,
};
