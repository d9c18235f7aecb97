import { hex } from '@ijw/binary';
import type { BoundPInvoke } from '../clr/calls/bound-p-invoke.ts';
import type { LoadOutcome } from '../load-outcome.ts';
import type { LoadedModule } from '../loaded-module.ts';
import type { SlotState } from '../slot-state.ts';
import { type MatchResult, outcomeMatchers, pinvokeMatchers, slotMatchers } from './matchers.ts';

/** A failed expectation. Test runners show `actual` and `expected` side by side. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly actual: unknown;
  readonly expected: unknown;

  constructor({ message, actual, expected }: MatchResult) {
    super(message());
    this.actual = actual;
    this.expected = expected;
  }
}

type Matcher<T> = (subject: T, ...args: never[]) => MatchResult;
type Arguments<M> = M extends (subject: never, ...args: infer A) => MatchResult ? A : never;

/**
 * The matchers as methods that throw, each answering with the expectation again, so that they can be chained. `not` turns the next one
 * round.
 */
export type Expectation<T, M extends Readonly<Record<string, Matcher<T>>>> = {
  readonly [K in keyof M]: (...args: Arguments<M[K]>) => Expectation<T, M>;
} & { readonly not: Expectation<T, M> };

function expectation<T, M extends Readonly<Record<string, Matcher<T>>>>(subject: T, matchers: M, wanted = true): Expectation<T, M> {
  const made: Record<string, unknown> = {
    get not() {
      return expectation(subject, matchers, !wanted);
    },
  };
  for (const [name, matcher] of Object.entries(matchers)) {
    made[name] = (...args: never[]) => {
      const result = matcher(subject, ...args);
      if (result.pass !== wanted) throw new VerificationError(result);
      return wanted ? made : expectation(subject, matchers);
    };
  }
  return made as Expectation<T, M>;
}

/**
 * Expectations of a slot.
 * @param slot token, or RVA with `{ rva }`; of several slots with one token the first
 */
export function expectSlot(module: LoadedModule, slot: number | { readonly rva: number }): Expectation<SlotState, typeof slotMatchers> {
  const found = module.slots.find((candidate) => (typeof slot === 'number' ? candidate.token === slot : candidate.rva === slot.rva));
  if (!found)
    throw new VerificationError(missing(typeof slot === 'number' ? `slot with the token ${hex(slot, 8)}` : `slot at ${hex(slot.rva)}`));
  return expectation(found, slotMatchers);
}

export const expectOutcome = (outcome: LoadOutcome): Expectation<LoadOutcome, typeof outcomeMatchers> =>
  expectation(outcome, outcomeMatchers);

/** @param method token or `Namespace.Type::Name` */
export function expectPInvoke(module: LoadedModule, method: number | string): Expectation<BoundPInvoke, typeof pinvokeMatchers> {
  const found = module.pinvokes.find((candidate) => candidate.token === method || candidate.method === method);
  if (!found) throw new VerificationError(missing(`P/Invoke ${typeof method === 'number' ? hex(method, 8) : method}`));
  return expectation(found, pinvokeMatchers);
}

const missing = (what: string): MatchResult => ({ pass: false, message: () => `The module has no ${what}` });
