import { hex } from '@ijw/binary';
import { interopCounts, interopJson, readInteropInventory } from '@ijw/interop';
import type { EffectiveConvention } from '@ijw/marshalling';
import { Metadata } from '@ijw/metadata';
import { Boundary, boundaryJson, boundaryToDot, type ManagedToNative, type NativeToManaged } from '@ijw/vtfixup';
import type { CommandContext } from '../command.ts';
import { openImage } from '../input.ts';
import { type Cell, clip, columns } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { interopText } from '../output/interop-text.ts';
import { jsonDocument } from '../output/json.ts';
import { stubTargetText } from '../output/stub-target-text.ts';

export async function run(context: CommandContext): Promise<number> {
  const image = await openImage(context);
  const { diagnostics } = image;
  const metadata = diagnostics.attempt(() => Metadata.of(image, { diagnostics }));
  const boundary = Boundary.of(image, metadata, { diagnostics });
  if (context.options.dot) context.write(boundaryToDot(boundary));
  else if (context.options.json) {
    const document = boundaryJson(boundary);
    const inventory = metadata && diagnostics.attempt(() => readInteropInventory(image, metadata, diagnostics));
    const interop = inventory && { interop: interopJson(inventory) };
    context.write(jsonDocument({ file: context.operands[0], ...document, ...interop, diagnostics: diagnostics.entries }));
  } else {
    const inventory = metadata && diagnostics.attempt(() => readInteropInventory(image, metadata, diagnostics));
    const text =
      managedToNativeText(context, boundary) +
      nativeToManagedText(context, boundary) +
      unmanagedCallersOnlyText(context, boundary) +
      exportJumpsText(context, boundary) +
      (inventory ? interopText(interopCounts(inventory), context.style) : '');
    context.write(text || `${context.operands[0]}: managed and native code do not meet in this image\n`);
    context.write(diagnosticLines(diagnostics.entries, context.style));
  }
  return 0;
}

const conventionText = ({ convention, suppressGCTransition }: EffectiveConvention): string =>
  suppressGCTransition ? `${convention}, no GC transition` : String(convention);

export interface TableLimit {
  /** Rows shown; all where there is none. */
  readonly rows?: number;
}

const cut = <T>(items: readonly T[], { rows }: TableLimit): readonly T[] => (rows === undefined ? items : items.slice(0, rows));
const rest = (context: CommandContext, shown: number, all: number): string =>
  shown < all ? context.style.dim(`  … ${all - shown} more\n`) : '';

export function managedToNativeText(context: CommandContext, boundary: Boundary, limit: TableLimit = {}): string {
  const { style, io } = context;
  const calls = boundary.managedToNative;
  if (calls.length === 0) return '';
  const shown = cut(calls, limit);
  const head = ['token', 'method', 'kind', 'RVA', 'convention', 'marshal', 'target'].map((text): Cell => ({ text, paint: style.dim }));
  const rows = shown.map((call): Cell[] => [
    { text: hex(call.token, 8) },
    { text: clip(call.method, 52), paint: style.cyan },
    { text: call.kind },
    { text: call.rva ? hex(call.rva) : '' },
    { text: conventionText(call.convention) },
    { text: call.marshallingCauses.length > 0 ? 'yes' : '' },
    { text: clip(nativeTarget(call), Math.max(40, io.width - 110)), paint: style.green },
  ]);
  return `${style.bold('managed → native')}  ${calls.length}\n${columns([head, ...rows], '  ')}${rest(context, shown.length, calls.length)}`;
}

function nativeTarget({ stub, implMap, kind }: ManagedToNative): string {
  if (stub) return stubTargetText(stub);
  if (kind === 'named' && implMap) return `${implMap.module}!${implMap.name}`;
  return '';
}

export function nativeToManagedText(context: CommandContext, boundary: Boundary, limit: TableLimit = {}): string {
  const { style } = context;
  const entries = boundary.nativeToManaged;
  if (entries.length === 0) return '';
  const shown = cut(entries, limit);
  const head = ['slot', 'type', 'token', 'method', 'convention', 'stubs', 'exports'].map((text): Cell => ({ text, paint: style.dim }));
  const rows = shown.map((entry): Cell[] => [
    { text: hex(entry.slot.rva) },
    { text: hex(entry.slot.fixup.type) },
    { text: hex(entry.token, 8) },
    { text: clip(entry.method ?? '', 60), paint: style.cyan },
    { text: entryConvention(entry) },
    { text: entry.stubs.map(({ rva }) => hex(rva)).join(' ') },
    { text: entry.exports.map((exported) => exported.name ?? `#${exported.ordinal}`).join(' '), paint: style.green },
  ]);
  const title = `${style.bold('native → managed')}  ${entries.length} slots in ${boundary.fixups.length} records\n`;
  return `\n${title}${columns([head, ...rows], '  ')}${rest(context, shown.length, entries.length)}`;
}

const entryConvention = ({ convention, managedConvention }: NativeToManaged): string =>
  managedConvention ? 'managed' : convention ? conventionText(convention) : '';

function unmanagedCallersOnlyText({ style }: CommandContext, boundary: Boundary): string {
  const methods = boundary.unmanagedCallersOnly;
  if (methods.length === 0) return '';
  const head = ['token', 'method', 'convention', 'entry point'].map((text): Cell => ({ text, paint: style.dim }));
  const rows = methods.map(({ token, method, convention, entryPoint }): Cell[] => [
    { text: hex(token, 8) },
    { text: method, paint: style.cyan },
    { text: conventionText(convention) },
    { text: entryPoint ?? '', paint: style.green },
  ]);
  return `\n${style.bold('UnmanagedCallersOnly')}  ${methods.length}\n${columns([head, ...rows], '  ')}`;
}

function exportJumpsText({ style }: CommandContext, { exportJumps }: Boundary): string {
  if (exportJumps.length === 0) return '';
  const head = ['RVA', 'slot', 'token', 'method', 'exports'].map((text): Cell => ({ text, paint: style.dim }));
  const rows = exportJumps.map(({ rva, slotRva, entry, exports }): Cell[] => [
    { text: hex(rva) },
    { text: hex(slotRva) },
    { text: entry ? hex(entry.token, 8) : '' },
    { text: entry?.method ?? '', paint: style.cyan },
    { text: exports.map((exported) => exported.name ?? `#${exported.ordinal}`).join(' '), paint: style.green },
  ]);
  return `\n${style.bold('export address table jumps')}  ${exportJumps.length}\n${columns([head, ...rows], '  ')}`;
}
