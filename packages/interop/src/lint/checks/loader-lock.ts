// "Initialization of Mixed Assemblies" of the Visual C++ documentation.

import { hex, ifReadable } from '@ijw/binary';
import { MethodAttributes, MethodImplAttributes, makeToken, TableId, type Token } from '@ijw/metadata';
import { findDirectTransfers } from '@ijw/vtfixup';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

const entryNames: ReadonlySet<string> = new Set(['DllMain', 'DllMain@12', '_DllMain@12']);

/** A DllMain that the compiler made managed. */
function managedEntry(context: LintContext): void {
  const { metadata, boundary } = context;
  const { MethodDef, TypeDef } = metadata.tables;
  if (TypeDef.rowCount === 0 || (boundary?.fixups.length ?? 0) === 0) return;
  for (const rid of metadata.methodsOf(1)) {
    const token = makeToken(TableId.MethodDef, rid);
    const isManaged =
      MethodDef.get(rid, 'RVA') !== 0 && (MethodDef.get(rid, 'ImplFlags') & MethodImplAttributes.CodeTypeMask) === MethodImplAttributes.IL;
    if (!isManaged || !entryNames.has(ifReadable(() => metadata.strings.get(MethodDef.get(rid, 'Name'))) ?? '')) continue;
    if (MethodDef.get(rid, 'Flags') & MethodAttributes.Static)
      context.report('NI075', { token, values: { what: 'DllMain is managed code: the loader calls it under its lock' } });
  }
}

/** The entry point itself, or what it jumps to, is a stub of a managed method. */
function entryThroughSlot(context: LintContext): void {
  const { boundary } = context;
  const native = boundary?.entryPoints.native;
  if (boundary === undefined || native === undefined) return;
  const report = (slotRva: number, rva: number): void => {
    const entry = boundary.nativeToManaged.find(({ slot }) => slot.rva === slotRva);
    const what = `The native entry point leads to ${entry?.method ?? `the slot at RVA ${hex(slotRva)}`}, which is managed code`;
    context.report('NI075', { ...(entry?.token && { token: entry.token as Token }), target: context.assemblyName, rva, values: { what } });
  };
  if (native.target.kind === 'slot') report(native.target.slotRva, native.rva);
  else
    for (const { slotRva, rva } of callersNear(context, native.target.kind === 'body' ? native.target.rva : native.rva))
      report(slotRva, rva);
}

/** A function longer than this is not looked through to its end. */
const MAX_FUNCTION = 0x400;

/** Calls of stubs in the function at an address: up to the next address that something calls. */
function callersNear(context: LintContext, start: number): readonly { slotRva: number; rva: number }[] {
  const { boundary } = context;
  const near =
    boundary?.nativeCallers.filter(
      ({ kind, rva }) => kind !== 'pointer' && kind !== 'address' && rva >= start && rva < start + MAX_FUNCTION,
    ) ?? [];
  if (near.length === 0 || boundary?.platform === undefined) return [];
  const between = new Set(Array.from({ length: MAX_FUNCTION }, (_, index) => start + 1 + index));
  const starts = findDirectTransfers(boundary.code, boundary.platform, between).filter(({ kind }) => kind === 'call');
  const end = starts.reduce((first, { target }) => Math.min(first, target), start + MAX_FUNCTION);
  return near.filter(({ rva }) => rva < end);
}

/** NI075. */
export const loaderLock: TableCheck = {
  rules: ['NI075'],
  run(context) {
    for (const check of [managedEntry, entryThroughSlot]) context.module.diagnostics.attempt(() => check(context));
  },
};
