import { hex, hexBytes } from '@ijw/binary';
import type { BoundPInvoke } from '../clr/calls/bound-p-invoke.ts';
import type { LoadStep } from '../load/load-event.ts';
import type { LoadOutcome } from '../load-outcome.ts';
import type { SlotState } from '../slot-state.ts';

/** The result of a matcher of Vitest and Jest. */
export interface MatchResult {
  readonly pass: boolean;
  /** The failure message, also for a negated match. */
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

const slotName = (slot: SlotState): string => `slot ${hex(slot.rva)} (${hex(slot.token, 8)}${slot.method && ` ${slot.method}`})`;

const matched = (pass: boolean, subject: string, verb: string, actual?: unknown, expected?: unknown): MatchResult => ({
  pass,
  message: () =>
    `Expected ${subject} ${pass ? 'not ' : ''}${verb}${actual === undefined || pass ? '' : `, but it is ${JSON.stringify(actual)}`}`,
  ...(actual !== undefined && { actual }),
  ...(expected !== undefined && { expected }),
});

const contentText = (slot: SlotState): string => (slot.content.kind === 'raw' ? `raw, ${hex(slot.after)}` : slot.content.kind);

/** Matchers over a slot: `expect(slot)` after `expect.extend(slotMatchers)`, or `expectSlot` without any framework. */
export const slotMatchers = {
  /** The runtime has put a thunk of its own there. */
  toBePatched: (slot: SlotState): MatchResult =>
    matched(slot.content.kind === 'reverse' || slot.content.kind === 'managed', slotName(slot), 'to be patched', contentText(slot)),
  /** The slot holds what the file has there. */
  toBeRaw: (slot: SlotState): MatchResult =>
    matched(slot.content.kind === 'raw' && slot.after === slot.before, slotName(slot), 'to be as in the file', contentText(slot)),
  /** ijwhost has put a bootstrap thunk there, and the runtime nothing yet. */
  toHoldBootstrapThunk: (slot: SlotState): MatchResult =>
    matched(slot.content.kind === 'bootstrap', slotName(slot), 'to hold a bootstrap thunk', contentText(slot)),
  /** Native callers change to managed code there (P|4, P|8); false for the method's own entry (P). */
  toChangeToManagedCode: (slot: SlotState): MatchResult =>
    matched(slot.content.kind === 'reverse', slotName(slot), 'to hold a thunk that changes to managed code', contentText(slot)),
  toReachMethod: (slot: SlotState, method: string): MatchResult =>
    matched(slot.method === method, slotName(slot), `to lead to ${method}`, slot.method, method),
  /** The thunk's code begins with these bytes, lower-case hexadecimal digits. */
  toBeginWithCode: (slot: SlotState, code: string): MatchResult => {
    const bytes = slot.content.kind === 'raw' ? '' : hexBytes(slot.content.bytes);
    return matched(bytes.startsWith(code), slotName(slot), `to begin with ${code}`, bytes, code);
  },
} as const;

/** Matchers over the outcome of a load. */
export const outcomeMatchers = {
  toBeLoaded: (outcome: LoadOutcome): MatchResult =>
    matched(outcome.outcome === 'loaded', 'the image', 'to be loaded', outcome.outcome === 'refused' ? outcome.reason : outcome.outcome),
  toBeRefused: (outcome: LoadOutcome, hresult?: number): MatchResult =>
    matched(
      outcome.outcome === 'refused' && (hresult === undefined || outcome.hresult === hresult),
      'the image',
      `to be refused${hresult === undefined ? '' : ` with ${hex(hresult)}`}`,
      outcome.hresult === undefined ? 'an unknown code' : hex(outcome.hresult),
    ),
  toBreakRule: (outcome: LoadOutcome, rule: string): MatchResult =>
    matched(
      outcome.outcome === 'refused' && outcome.rule === rule,
      'the image',
      `to break ${rule}`,
      outcome.outcome === 'refused' ? outcome.rule : 'loaded',
    ),
  toStayMapped: (outcome: LoadOutcome): MatchResult =>
    matched(outcome.module?.mapped ?? false, 'the image', 'to stay mapped', outcome.module?.mapped ?? false),
  /** The steps occur in this order, possibly with others between them. */
  toGoThrough: (outcome: LoadOutcome, ...steps: LoadStep[]): MatchResult => {
    const seen = outcome.events.map((event) => event.step);
    let at = 0;
    for (const step of seen) if (step === steps[at]) at++;
    return matched(at === steps.length, 'the load', `to go through ${steps.join(', ')}`, [...new Set(seen)].join(', '));
  },
} as const;

/** Matchers over a P/Invoke. */
export const pinvokeMatchers = {
  toBeBoundTo: (pinvoke: BoundPInvoke, address: number): MatchResult =>
    matched(pinvoke.address === address, pinvoke.method, `to be bound to ${hex(address)}`, pinvoke.address && hex(pinvoke.address)),
  /** `kernel32.dll!GetLastError`: the import behind the jump that the RVA leads to. */
  toReachImport: (pinvoke: BoundPInvoke, symbol: string): MatchResult =>
    matched(pinvoke.via.toLowerCase().endsWith(symbol.toLowerCase()), pinvoke.method, `to reach ${symbol}`, pinvoke.via),
  toBeCallable: (pinvoke: BoundPInvoke): MatchResult =>
    matched(pinvoke.callOutcome.kind === 'native', pinvoke.method, 'to be callable', pinvoke.callOutcome),
} as const;

/** All of them, for `expect.extend`. */
export const loaderMatchers = { ...slotMatchers, ...outcomeMatchers, ...pinvokeMatchers } as const;
