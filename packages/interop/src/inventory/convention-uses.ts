import { MethodImplAttributes, type Token, tokenRid } from '@ijw/metadata';
import { CallingConvention } from '@ijw/metadata/signatures';
import type { ConventionUse, MethodConventionUse, PointerConvention } from './interop-inventory.ts';
import type { InteropModule } from './interop-module.ts';
import type { SignatureUse } from './signature-uses.ts';

const conventions: Readonly<Record<number, PointerConvention>> = {
  [CallingConvention.Default]: 'managed',
  [CallingConvention.C]: 'cdecl',
  [CallingConvention.StdCall]: 'stdcall',
  [CallingConvention.ThisCall]: 'thiscall',
  [CallingConvention.FastCall]: 'fastcall',
  [CallingConvention.VarArg]: 'vararg',
  [CallingConvention.Unmanaged]: 'unmanaged',
};

/** The convention in a signature's first byte. */
export const pointerConvention = (header: number): PointerConvention => conventions[header & 0xf] ?? 'unknown';

export const isUnmanagedConvention = (header: number): boolean => !['managed', 'vararg', 'unknown'].includes(pointerConvention(header));

/** Simple names of the `CallConv…` modifiers of a return type, in their order. */
export function callConvModifiers(module: InteropModule, { modifiers }: Pick<SignatureUse, 'modifiers'>): readonly string[] {
  return modifiers.map(({ type }) => simpleName(module.typeName(type))).filter((name) => name.startsWith('CallConv'));
}

/** The modifiers that the runtime reads; it ignores required ones (`src/coreclr/vm/callconvbuilder.cpp`). */
export const effectiveModifiers = (module: InteropModule, { modifiers }: Pick<SignatureUse, 'modifiers'>): readonly string[] =>
  callConvModifiers(module, { modifiers: modifiers.filter(({ required }) => !required) });

export const simpleName = (name: string): string => name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('/')) + 1);

/** Groups function pointers or call signatures by convention and modifiers. */
export function conventionUses(module: InteropModule, uses: readonly SignatureUse[]): readonly ConventionUse[] {
  const groups = new Map<string, { convention: PointerConvention; modifiers: readonly string[]; count: number; places: Set<Token> }>();
  for (const use of uses) {
    const convention = pointerConvention(use.header);
    const modifiers = callConvModifiers(module, use);
    const key = [convention, ...modifiers].join('+');
    const group = groups.get(key) ?? { convention, modifiers, count: 0, places: new Set() };
    groups.set(key, group);
    group.count++;
    group.places.add(use.place);
  }
  return [...groups.values()].map((group) => ({ ...group, places: [...group.places] }));
}

/** Groups methods by where their code is, convention and modifiers. */
export function methodConventions(module: InteropModule): readonly MethodConventionUse[] {
  const { MethodDef } = module.metadata.tables;
  const [rvas, implFlags] = [MethodDef.column('RVA'), MethodDef.column('ImplFlags')];
  const groups = new Map<string, { -readonly [K in keyof MethodConventionUse]: MethodConventionUse[K] }>();
  for (const use of module.signatures.methods) {
    const rid = tokenRid(use.place);
    const isNative = (implFlags.at(rid) & MethodImplAttributes.CodeTypeMask) === MethodImplAttributes.Native;
    const code = rvas.at(rid) === 0 ? 'none' : isNative ? 'native' : 'il';
    const convention = pointerConvention(use.header);
    const modifiers = use.modifiers.length === 0 ? [] : callConvModifiers(module, use);
    const key = [code, convention, ...modifiers].join('+');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { code, convention, modifiers, count: 1 });
    else group.count++;
  }
  return [...groups.values()];
}
