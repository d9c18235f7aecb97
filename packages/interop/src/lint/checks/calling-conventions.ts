// ECMA-335 II.15.3, II.23.2.1; dotnet/runtime `src/coreclr/vm/callconvbuilder.cpp`.

import { TableId, type Token, tokenRid, tokenTable } from '@ijw/metadata';
import { CallingConvention } from '@ijw/metadata/signatures';
import { pointerConvention, simpleName } from '../../inventory/convention-uses.ts';
import type { SignatureUse } from '../../inventory/signature-uses.ts';
import { callConvsOf } from '../../inventory/unmanaged-entries.ts';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

const NAMESPACE = 'System.Runtime.CompilerServices.';
const baseConventions: ReadonlySet<string> = new Set([
  'CallConvCdecl',
  'CallConvStdcall',
  'CallConvThiscall',
  'CallConvFastcall',
  'CallConvSwift',
]);
const modifiers: ReadonlySet<string> = new Set(['CallConvMemberFunction', 'CallConvSuppressGCTransition']);

/** Checks a list of calling convention types, by full name. */
function checkNames(context: LintContext, names: readonly string[], token: Token): void {
  const target = placeName(context, token);
  const known = names.filter((name) => name.startsWith(NAMESPACE)).map((name) => name.slice(NAMESPACE.length));
  const bases = known.filter((name) => baseConventions.has(name));
  if (bases.length > 1) context.report('NI036', { token, target, values: { conventions: bases.join(' and ') } });
  for (const name of names) {
    const isKnown = name.startsWith(NAMESPACE) && (baseConventions.has(simpleName(name)) || modifiers.has(simpleName(name)));
    if (!isKnown && simpleName(name).startsWith('CallConv')) context.report('NI037', { token, target, values: { convention: name } });
  }
}

const conventionModifier: Readonly<Record<string, string>> = {
  cdecl: 'CallConvCdecl',
  stdcall: 'CallConvStdcall',
  thiscall: 'CallConvThiscall',
  fastcall: 'CallConvFastcall',
};

/** Modifiers that the convention in the signature says already are only doubled, as Visual C++ writes them. */
function checkSignature(context: LintContext, use: SignatureUse, seen: Set<string>): void {
  if (use.modifiers.length === 0) return;
  const names = use.modifiers.filter(({ required }) => !required).map(({ type }) => context.module.typeName(type));
  const conventions = names.filter((name) => simpleName(name).startsWith('CallConv'));
  if (conventions.length === 0) return;
  const convention = pointerConvention(use.header);
  const key = `${use.place}:${use.header}:${conventions.join()}`;
  if (seen.has(key)) return;
  seen.add(key);
  const { place } = use;
  if ((use.header & 0xf) === CallingConvention.Unmanaged) {
    checkNames(context, conventions, place);
    return;
  }
  for (const name of conventions) {
    if (simpleName(name) === conventionModifier[convention]) continue;
    const values = { modifier: simpleName(name), convention };
    context.report('NI038', { token: place, target: placeName(context, place), values });
  }
}

/** The name of what has a signature; rows without a name are told by their number. */
function placeName(context: LintContext, place: Token): string {
  const words = tableWords[tokenTable(place)];
  return words === undefined ? context.nameOf(place) : `${words} ${tokenRid(place)}`;
}

const tableWords: Readonly<Record<number, string>> = {
  [TableId.Field]: 'Field',
  [TableId.MemberRef]: 'MemberRef',
  [TableId.StandAloneSig]: 'StandAloneSig',
  [TableId.Property]: 'Property',
  [TableId.TypeSpec]: 'TypeSpec',
  [TableId.MethodSpec]: 'MethodSpec',
};

/** NI036, NI037, NI038: attributes, function pointers, call signatures. */
export const callingConventions: TableCheck = {
  rules: ['NI036', 'NI037', 'NI038'],
  run(context) {
    const { attributes } = context.module;
    for (const kind of ['unmanagedCallersOnly', 'unmanagedCallConv'] as const)
      for (const { rid, parent } of attributes.all(kind)) checkNames(context, callConvsOf(attributes.value(rid)), parent);
    const { functionPointers, callSites } = context.module.pointers;
    const seen = new Set<string>();
    for (const use of [...functionPointers, ...callSites]) checkSignature(context, use, seen);
  },
};
