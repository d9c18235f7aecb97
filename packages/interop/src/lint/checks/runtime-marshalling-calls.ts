import type { Token } from '@ijw/metadata';
import { Role } from '../../inventory/il-roles.ts';
import { isOne, tokenOf } from '../body-view.ts';
import type { BodyCheck } from '../check.ts';

/** NI051. */
export const runtimeMarshallingCalls: BodyCheck = {
  rules: ['NI051'],
  marks: Role.needsRuntimeMarshalling,
  run(context, { token: method, instructions }) {
    // Marshal itself forwards from one overload to the next.
    const isOwn = context.nameOf(method).startsWith('System.Runtime.InteropServices.Marshal::');
    if (!context.runtimeMarshallingDisabled || isOwn) return;
    for (const instruction of instructions) {
      const token = tokenOf(instruction);
      if (token === undefined || !isOne(instruction, 'call', 'callvirt')) continue;
      if (!(context.roles.of(token) & Role.needsRuntimeMarshalling)) continue;
      context.report('NI051', { token: method, ilOffset: instruction.offset, values: { function: context.nameOf(token as Token) } });
    }
  },
};
