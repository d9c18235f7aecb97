import { ifReadable } from '@ijw/binary';
import { type FieldToken, fieldFullName, isTokenOf, type Token } from '@ijw/metadata';
import { BodyMark } from '../context/body-marks.ts';
import { isOne, tokenOf } from '../context/body-view.ts';
import type { BodyCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

function fieldName(context: LintContext, token: number): string {
  const { metadata } = context;
  const name = isTokenOf(token, 'Field')
    ? ifReadable(() => fieldFullName(metadata, token as FieldToken))
    : ifReadable(() => metadata.strings.get(metadata.tables.MemberRef.get(token & 0xffffff, 'Name')));
  return name ?? context.nameOf(token as Token);
}

/** NI058: a field of `this` is read where the runtime asks once for all objects of a type. */
export const castableState: BodyCheck = {
  rules: ['NI058'],
  marks: BodyMark.isGetInterfaceImplementation,
  run(context, { token: method, instructions }) {
    for (const [position, instruction] of instructions.entries()) {
      if (!isOne(instruction, 'ldfld', 'ldflda') || !isOne(instructions[position - 1], 'ldarg.0')) continue;
      const field = fieldName(context, tokenOf(instruction)!);
      context.report('NI058', { token: method, ilOffset: instruction.offset, values: { field } });
    }
  },
};
