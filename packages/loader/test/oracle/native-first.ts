import type { CallResult } from '@ijw/loader';
import { expect } from 'vitest';
import { systemText } from './exception-text.ts';
import type { Fact, FactGroup } from './fact-file.ts';
import { replay } from './replay.ts';
import { expectSlots, Scene } from './scene.ts';

const text = (fact: Fact): string => String(fact.value);
const list = (fact: Fact): readonly string[] => (Array.isArray(fact.value) ? fact.value : []);

/** What hostfxr found, as the facts tell by the error code it ended with. */
function runtimeConfig(facts: readonly Fact[]): 'present' | 'missing' | 'noRuntime' {
  const output = facts.filter((fact) => fact.key === 'OutputDebugString').map(text);
  if (output.some((line) => line.includes('0x800080a3'))) return 'missing';
  return output.some((line) => line.includes('0x80008083')) ? 'noRuntime' : 'present';
}

/** Exit codes of the facts' processes: access violation, unhandled managed exception, C++ exception of ijwhost. */
const ACCESS_VIOLATION = 5;

/** The end of a process that a call did not survive. */
function expectEnd(result: CallResult, facts: readonly Fact[]): void {
  const exit = facts.find((fact) => fact.key === 'EXIT');
  expect(exit).toBeDefined();
  expect(result.kind).toBe(exit!.value === ACCESS_VIOLATION ? 'accessViolation' : 'processDied');
  const unhandled = facts.find((fact) => fact.key === 'text' && text(fact).startsWith('Unhandled exception.'));
  const type = unhandled && /Unhandled exception\. ([\w.]+):/.exec(text(unhandled))?.[1];
  if (!type || result.kind !== 'processDied') return;
  expect(result.exception?.type).toBe(type);
  expect(result.exception?.message).toBe(
    systemText(text(unhandled).slice(`Unhandled exception. ${type}: `.length)).replaceAll('\\\\', '\\'),
  );
}

/** LoadLibrary before there is a runtime, then calls through the slots. */
export function nativeFirst(group: FactGroup): void {
  const scene = new Scene(group, { runtimeConfig: runtimeConfig(group.facts) });
  let pending: CallResult | undefined;
  replay(scene, group.facts, [
    [/^nativeFirst$|^modules (before|after)$|^runtime after native export$|^AddInts|^no export$/, () => undefined],
    [/^LoadLibrary$/, (at, _match, fact) => expectLoadLibrary(at, text(fact))],
    [/^slots after/, (at, _match, fact) => expectSlots(at.module, at.map, list(fact))],
    [
      /^cctorCount (.*)$/,
      (at, _match, fact) => {
        if (at.map.rvas.get('cctorCount') !== at.map.rvas.get('nativeEntryCount'))
          expect(at.module.constructorRuns).toBe(Number(fact.value));
      },
    ],
    [
      /^nativeEntryCount afterLoadLibrary$/,
      (at, _match, fact) => {
        if (Number(fact.value) >= 0) expect(at.nativeEntryCalls).toBe(Number(fact.value));
      },
    ],
    [/^nativeEntryCount afterCalls$/, () => undefined],
    [
      /^calling$/,
      (at, _match, fact) => {
        pending = at.module.callSlot(at.slotRva(Number(/^JmpSlot(\d+)/.exec(text(fact))![1])), 40, 2);
      },
    ],
    [
      /^JmpSlot\d+\(/,
      () => {
        expect(pending?.kind, JSON.stringify(pending)).toBe('returned');
        pending = undefined;
      },
    ],
    [/^FreeLibrary$/, (at) => expect(at.module.unload()).toBe(false)],
    [/^still mapped$/, (at, _match, fact) => expect(Number(at.module.mapped)).toBe(fact.value)],
  ]);
  if (pending) expectEnd(pending, group.facts);
}

function expectLoadLibrary(scene: Scene, value: string): void {
  const outcome = scene.load({ nativeFirst: true });
  expect(outcome.outcome).toBe(value === 'ok' ? 'loaded' : 'refused');
  expect(outcome.hresult).toBe(value === 'ok' ? 0 : (0x80070000 + Number(value.replace('failed ', ''))) >>> 0);
}
