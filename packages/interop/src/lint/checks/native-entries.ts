import { isTokenOf, type MethodDefToken, makeToken, TableId, tokenRid } from '@ijw/metadata';
import { callConvModifiers, isUnmanagedConvention, pointerConvention, simpleName } from '../../inventory/convention-uses.ts';
import { Role } from '../../inventory/il-roles.ts';
import { callConvsOf } from '../../inventory/unmanaged-entries.ts';
import { BodyMark } from '../body-marks.ts';
import { type BodyView, isOne, localOf, tokenOf } from '../body-view.ts';
import type { BodyCheck } from '../check.ts';
import type { LintContext } from '../lint-context.ts';

/** NI033, NI034: managed code that treats an UnmanagedCallersOnly method as its own. */
export const managedUseOfEntries: BodyCheck = {
  rules: ['NI033', 'NI034'],
  marks: BodyMark.unmanagedCallersOnly,
  run(context, { token: method, instructions }) {
    for (const [position, instruction] of instructions.entries()) {
      const token = tokenOf(instruction);
      if (token === undefined || !(context.roles.of(token) & Role.unmanagedCallersOnly)) continue;
      const finding = { token: method, ilOffset: instruction.offset, values: { function: context.nameOf(token as MethodDefToken) } };
      if (isOne(instruction, 'call', 'callvirt', 'jmp')) context.report('NI033', finding);
      if (isOne(instruction, 'ldftn') && isOne(instructions[position + 1], 'newobj')) context.report('NI034', finding);
    }
  },
};

const conventionOfModifier: Readonly<Record<string, string>> = {
  CallConvCdecl: 'cdecl',
  CallConvStdcall: 'stdcall',
  CallConvThiscall: 'thiscall',
  CallConvFastcall: 'fastcall',
  CallConvSwift: 'swift',
};

/** `unmanaged` without a base convention is the platform's: that of Windows, unless the image is for another system. */
function resolved(context: LintContext, convention: string, modifiers: readonly string[]): string {
  if (convention !== 'unmanaged') return convention;
  const base = modifiers.map((name) => conventionOfModifier[name]).find((name) => name !== undefined);
  return base ?? (context.module.image?.machineOs === undefined ? 'stdcall' : 'cdecl');
}

/** How code at the address that `ldftn` gives has to be called. A P/Invoke's address is that of its stub, which managed code calls. */
function targetConvention(context: LintContext, token: number): string {
  const { attributes } = context.module;
  if (!isTokenOf(token, 'MethodDef')) return 'managed';
  const row = attributes.find('unmanagedCallersOnly', token);
  return row === undefined ? 'managed' : resolved(context, 'unmanaged', callConvsOf(attributes.value(row)).map(simpleName));
}

function calliConvention(context: LintContext, token: number): string | undefined {
  if (!isTokenOf(token, 'StandAloneSig')) return undefined;
  const use = context.callSites.get(makeToken(TableId.StandAloneSig, tokenRid(token)));
  if (use === undefined) return undefined;
  if (!isUnmanagedConvention(use.header)) return 'managed';
  return resolved(context, pointerConvention(use.header), callConvModifiers(context.module, use));
}

/** The `ldftn` whose address is on top of the stack at a position: right before, or by way of a local that nothing else is stored in. */
function addressAt({ instructions }: BodyView, position: number, stores: ReadonlyMap<number, readonly number[]>): number | undefined {
  const before = instructions[position - 1];
  if (isOne(before, 'ldftn')) return tokenOf(before);
  const local = localOf(before, 'ld');
  const stored = local === undefined ? undefined : stores.get(local);
  if (stored?.length !== 1) return undefined;
  let source = stored[0]! - 1;
  while (isOne(instructions[source], 'conv.u', 'conv.i')) source--;
  return isOne(instructions[source], 'ldftn') ? tokenOf(instructions[source]) : undefined;
}

/** NI039. */
export const calliTargets: BodyCheck = {
  rules: ['NI039'],
  marks: BodyMark.calliAndLdftn,
  run(context, view) {
    const stores = new Map<number, number[]>();
    for (const [position, instruction] of view.instructions.entries()) {
      const local = localOf(instruction, 'st');
      const stored = local === undefined ? undefined : stores.get(local);
      if (stored) stored.push(position);
      else if (local !== undefined) stores.set(local, [position]);
    }
    for (const [position, instruction] of view.instructions.entries()) {
      if (!isOne(instruction, 'calli')) continue;
      const method = addressAt(view, position, stores);
      const convention = calliConvention(context, tokenOf(instruction)!);
      if (method === undefined || convention === undefined) continue;
      const target = targetConvention(context, method);
      if (target === convention) continue;
      const values = { function: context.nameOf(method as MethodDefToken), target, convention };
      context.report('NI039', { token: view.token, ilOffset: instruction.offset, values });
    }
  },
};
