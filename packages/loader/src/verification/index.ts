export { type Expectation, expectOutcome, expectPInvoke, expectSlot, VerificationError } from './expectations.ts';
export { loaderMatchers, type MatchResult, outcomeMatchers, pinvokeMatchers, slotMatchers } from './matchers.ts';
