import type { MarshallingProblem } from '@ijw/marshalling';
import type { LintContext } from '../lint/context/lint-context.ts';
import { MARSHAL_DIRECTIVE, type RuntimeVerdict, verdictMessages } from './runtime-verdict.ts';

const topicOf = (disabled: boolean, problem: CannotMarshal): RuntimeVerdict['topic'] => {
  if (disabled) return 'disabledMarshalling';
  return problem === 'genericType' ? 'genericParameter' : 'marshalling';
};

export type CannotMarshal = MarshallingProblem | 'comVariant' | 'comInterface';

/** A value that the runtime does not pass. @param position 0 for the result */
export const cannotMarshal = ({ runtimeMarshallingDisabled }: LintContext, position: number, problem: CannotMarshal): RuntimeVerdict => ({
  topic: topicOf(runtimeMarshallingDisabled, problem),
  outcome: 'throws',
  exception: MARSHAL_DIRECTIVE,
  when: 'call',
  message: `Cannot marshal '${position === 0 ? 'return value' : `parameter #${position}`}': ${verdictMessages[problem]}`,
});
