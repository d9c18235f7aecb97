import { Role } from '../../inventory/il-roles.ts';
import { type BodyView, isOne, localOf, tokenOf } from '../context/body-view.ts';
import type { BodyCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

/** Whether a local that holds the delegate is used again after the pointer was made: passed to KeepAlive, stored, called. */
function isUsedLater({ instructions }: BodyView, local: number, position: number): boolean {
  return instructions.some((instruction, at) => at > position && localOf(instruction, 'ld') === local);
}

/** Whether the delegate at a position was just made and is nowhere but on the stack, or in a local that nothing reads later. */
function isUnrooted(context: LintContext, view: BodyView, position: number): boolean {
  const { instructions } = view;
  const before = instructions[position - 1];
  if (isOne(before, 'newobj')) return true;
  const local = localOf(before, 'ld');
  if (local === undefined || isUsedLater(view, local, position)) return false;
  if (instructions.some((instruction) => (context.roles.of(tokenOf(instruction) ?? 0) & Role.keepAlive) !== 0)) return false;
  const loads = instructions.filter((instruction) => localOf(instruction, 'ld') === local);
  const [store, ...others] = instructions.flatMap((instruction, at) => (localOf(instruction, 'st') === local ? at : []));
  return loads.length === 1 && store !== undefined && others.length === 0 && isOne(instructions[store - 1], 'newobj');
}

/** No real program has a body with more of these calls. */
const MAX_CALLS = 1000;

/** NI048. */
export const unrootedDelegates: BodyCheck = {
  rules: ['NI048'],
  marks: Role.getFunctionPointer,
  run(context, view) {
    let left = MAX_CALLS;
    for (const [position, instruction] of view.instructions.entries()) {
      if (!isOne(instruction, 'call') || !(context.roles.of(tokenOf(instruction) ?? 0) & Role.getFunctionPointer)) continue;
      if (--left < 0) return;
      if (isUnrooted(context, view, position)) context.report('NI048', { token: view.token, ilOffset: instruction.offset });
    }
  },
};
