import { isTokenOf, type MethodDefToken, makeToken, TableId, tokenRid } from '@ijw/metadata';
import { effectiveModifiers, isUnmanagedConvention, pointerConvention, simpleName } from '../../inventory/convention-uses.ts';
import { Role } from '../../inventory/il-roles.ts';
import type { SignatureUse } from '../../inventory/signature-uses.ts';
import { callConvsOf } from '../../inventory/unmanaged-entries.ts';
import { BodyMark } from '../context/body-marks.ts';
import { type BodyView, isOne, localOf, tokenOf } from '../context/body-view.ts';
import type { BodyCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

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

const callSite = (context: LintContext, token: number): SignatureUse | undefined =>
  isTokenOf(token, 'StandAloneSig') ? context.callSites.get(makeToken(TableId.StandAloneSig, tokenRid(token))) : undefined;

const calliConvention = (context: LintContext, use: SignatureUse): string =>
  isUnmanagedConvention(use.header) ? resolved(context, pointerConvention(use.header), effectiveModifiers(context.module, use)) : 'managed';

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

/** A `calli` of an address that `ldftn` gave. */
export interface AddressCall {
  readonly offset: number;
  readonly method: number;
  /** How the target has to be called, and how it is. */
  readonly target: string;
  readonly convention: string;
  readonly suppressesTransition: boolean;
}

function storesOf({ instructions }: BodyView): ReadonlyMap<number, readonly number[]> {
  const stores = new Map<number, number[]>();
  for (const [position, instruction] of instructions.entries()) {
    const local = localOf(instruction, 'st');
    const stored = local === undefined ? undefined : stores.get(local);
    if (stored) stored.push(position);
    else if (local !== undefined) stores.set(local, [position]);
  }
  return stores;
}

/** Every `calli` whose target is known. */
export function* addressCalls(context: LintContext, view: BodyView): Generator<AddressCall, void> {
  const stores = storesOf(view);
  for (const [position, instruction] of view.instructions.entries()) {
    const token = isOne(instruction, 'calli') ? tokenOf(instruction) : undefined;
    const use = token === undefined ? undefined : callSite(context, token);
    const method = use && addressAt(view, position, stores);
    if (use === undefined || method === undefined) continue;
    const suppressesTransition = effectiveModifiers(context.module, use).includes('CallConvSuppressGCTransition');
    const [target, convention] = [targetConvention(context, method), calliConvention(context, use)];
    yield { offset: instruction.offset, method, target, convention, suppressesTransition };
  }
}

/** NI039. */
export const calliTargets: BodyCheck = {
  rules: ['NI039'],
  marks: BodyMark.calliAndLdftn,
  run(context, view) {
    for (const { offset, method, target, convention } of addressCalls(context, view)) {
      if (target === convention) continue;
      const values = { function: context.nameOf(method as MethodDefToken), target, convention };
      context.report('NI039', { token: view.token, ilOffset: offset, values });
    }
  },
};
