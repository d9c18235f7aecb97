import type { NativeSlot } from './interop-table.ts';

/** How the natives of one generation of TinyCLR get at their arguments. */
export interface TinyClrProfile {
  readonly name: string;
  /** C++ statements at the start of a stub. */
  prologue(slot: NativeSlot): readonly string[];
}

const argumentCount = (slot: NativeSlot): number => slot.method.parameterTypes.length;
const returnsValue = (slot: NativeSlot): boolean =>
  !(slot.method.returnType.kind === 'primitive' && slot.method.returnType.type === 'void');

/** API 1.0: the method data carries the interop manager; arguments count from 0. */
const version1: TinyClrProfile = {
  name: '1.0',
  prologue(slot) {
    const lines = ['auto manager = md.InteropManager;', ''];
    if (!slot.method.isStatic) lines.push('const TinyCLR_Interop_ClrObject* self;', 'manager->GetThisObject(manager, md.Stack, self);', '');
    for (let index = 0; index < argumentCount(slot); index++) {
      lines.push(`TinyCLR_Interop_ClrValue argument${index};`, `manager->GetArgument(manager, md.Stack, ${index}, argument${index});`, '');
    }
    if (returnsValue(slot)) lines.push('TinyCLR_Interop_ClrValue result;', 'manager->GetReturn(manager, md.Stack, result);', '');
    return lines;
  },
};

/** The older API: the provider is found through the method data; argument 0 of an instance method is the object, so its arguments count from 1. */
const version0: TinyClrProfile = {
  name: '0',
  prologue(slot) {
    const find = 'md.ApiProvider.FindDefault(&md.ApiProvider, TinyCLR_Api_Type::InteropProvider)';
    const lines = [`auto provider = (const TinyCLR_Interop_Provider*)${find};`, ''];
    if (!slot.method.isStatic) lines.push('TinyCLR_Interop_ManagedValue self;', 'provider->GetThisObject(provider, md.Stack, self);', '');
    const first = slot.method.isStatic ? 0 : 1;
    for (let index = 0; index < argumentCount(slot); index++) {
      lines.push(
        `TinyCLR_Interop_ManagedValue argument${index};`,
        `provider->GetArgument(provider, md.Stack, ${index + first}, argument${index});`,
        '',
      );
    }
    if (returnsValue(slot)) lines.push('TinyCLR_Interop_ManagedValue result;', 'provider->GetReturn(provider, md.Stack, result);', '');
    return lines;
  },
};

export const TINYCLR_PROFILES: readonly [TinyClrProfile, ...TinyClrProfile[]] = [version1, version0];
