import type { Assembly } from '@ijw/assembly';
import { hex, lazyList, printable } from '@ijw/binary';
import { type InteropInventory, interopCounts, interopJson, readInteropInventory } from '@ijw/interop';
import type { EffectiveConvention } from '@ijw/marshalling';
import {
  type Boundary,
  boundaryJson,
  boundaryNamesText,
  boundaryToDot,
  type ManagedToNative,
  type NamesFormat,
  type NativeToManaged,
  type SlotField,
  vtableFixupTypeText,
} from '@ijw/vtfixup';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import type { Row } from '../output/columns.ts';
import { counted } from '../output/counted.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { interopText } from '../output/interop-text.ts';
import { stubTargetText } from '../output/stub-target-text.ts';
import { type Column, key, table } from '../output/table.ts';
import { filesBeside } from '../search-path.ts';

export async function run(context: CommandContext): Promise<number> {
  const assembly = await openAssembly(context);
  const { pdb } = assembly.windowsPdb(context.file, filesBeside(context.io, context.file));
  if (pdb !== undefined) assembly.useSymbols(pdb);
  const { diagnostics, boundary } = assembly;
  const { names } = context.options;
  if (context.options.dot) context.write(boundaryToDot(boundary));
  else if (typeof names === 'string') for (const text of boundaryNamesText(boundary, names as NamesFormat)) context.write(text);
  else if (context.options.json) {
    const document = boundaryJson(boundary);
    const inventory = inventoryOf(assembly, boundary);
    const interop = inventory && { interop: interopJson(inventory) };
    context.document({ file: context.file, ...document, ...interop, diagnostics: diagnostics.entries });
  } else {
    const inventory = inventoryOf(assembly, boundary);
    let empty = true;
    for (const text of boundaryText(context, boundary, inventory)) {
      empty = false;
      context.write(text);
    }
    if (empty) context.write(`${printable(context.file)}: managed and native code do not meet in this image\n`);
    context.write(diagnosticLines(diagnostics.entries, context.style));
  }
  return 0;
}

const inventoryOf = (assembly: Assembly, { metadata }: Boundary): InteropInventory | undefined =>
  metadata && assembly.diagnostics.attempt(() => readInteropInventory(assembly));

function* boundaryText(context: CommandContext, boundary: Boundary, inventory: InteropInventory | undefined): Generator<string> {
  yield* managedToNativeText(context, boundary);
  yield* nativeToManagedText(context, boundary);
  yield* unmanagedCallersOnlyText(context, boundary);
  yield* exportJumpsText(context, boundary);
  if (inventory) yield* interopText(interopCounts(inventory), context);
}

const conventionText = ({ convention, suppressGCTransition }: EffectiveConvention): string =>
  suppressGCTransition ? `${convention}, no GC transition` : String(convention);

export interface TableLimit {
  /** Rows shown; all if absent. */
  readonly rows?: number;
}

const cut = <T>(items: readonly T[], { rows }: TableLimit): readonly T[] => (rows === undefined ? items : items.slice(0, rows));

/** A titled table of the first rows, and how many more there are. */
function* section<T>(
  title: string,
  head: readonly (Column | string)[],
  items: readonly T[],
  rowOf: (item: T) => Row,
  context: CommandContext,
  limit: TableLimit = {},
): Generator<string> {
  const shown = cut(items, limit);
  yield `${title}\n`;
  yield* table(head, lazyList(shown, rowOf), context);
  if (shown.length < items.length) yield context.style.dim(`  … ${items.length - shown.length} more\n`);
}

export function* managedToNativeText(context: CommandContext, boundary: Boundary, limit?: TableLimit): Generator<string> {
  const { style } = context;
  const calls = boundary.managedToNative;
  if (calls.length === 0) return;
  const head = [key('token'), key('method'), 'kind', 'RVA', 'convention', 'marshalling', 'target'];
  const row = (call: ManagedToNative): Row => [
    hex(call.token, 8),
    { text: call.method, paint: style.cyan },
    call.kind,
    call.rva ? hex(call.rva) : '',
    conventionText(call.convention),
    call.marshallingCauses.length > 0 ? 'yes' : '',
    { text: nativeTarget(call), paint: style.green },
  ];
  yield* section(`${style.bold('managed → native')}  ${calls.length}`, head, calls, row, context, limit);
}

function nativeTarget({ stub, implMap, kind }: ManagedToNative): string {
  if (stub) return stubTargetText(stub);
  if (kind === 'named' && implMap) return `${implMap.module}!${implMap.name}`;
  return '';
}

export function* nativeToManagedText(context: CommandContext, boundary: Boundary, limit?: TableLimit): Generator<string> {
  const { style } = context;
  const entries = boundary.nativeToManaged;
  if (entries.length === 0) return;
  const hasNep = entries.some(({ nepEntries }) => nepEntries.length > 0);
  const hasFields = boundary.slotFields.size > 0;
  const beside = [...(hasNep ? ['.nep'] : []), ...(hasFields ? ['fields'] : [])];
  const head = [key('slot'), 'type', key('token'), key('method'), 'convention', 'stubs', ...beside, 'exports'];
  const row = (entry: NativeToManaged): Row => [
    hex(entry.slot.rva),
    vtableFixupTypeText(entry.slot.fixup.type),
    hex(entry.token, 8),
    { text: entry.method ?? '', paint: style.cyan },
    entryConvention(entry),
    entry.stubs.map(({ rva }) => hex(rva)).join(' '),
    ...(hasNep ? [entry.nepEntries.map(({ rva }) => hex(rva)).join(' ')] : []),
    ...(hasFields ? [slotFieldsText(boundary.slotFields.get(entry.slot.rva) ?? [])] : []),
    { text: exportNames(entry.exports), paint: style.green },
  ];
  yield '\n';
  const title = `${style.bold('native → managed')}  ${counted(entries.length, 'slot')} in ${counted(boundary.fixups.length, 'record')}`;
  yield* section(title, head, entries, row, context, limit);
}

const exportNames = (exports: NativeToManaged['exports']): string => exports.map(({ name, ordinal }) => name ?? `#${ordinal}`).join(' ');

const slotFieldsText = (fields: readonly SlotField[]): string => fields.map(({ kind, rva }) => `__${kind} ${hex(rva)}`).join(' ');

const entryConvention = ({ convention, managedConvention }: NativeToManaged): string =>
  managedConvention ? 'managed' : convention ? conventionText(convention) : '';

function* unmanagedCallersOnlyText(context: CommandContext, boundary: Boundary): Generator<string> {
  const { style } = context;
  const methods = boundary.unmanagedCallersOnly;
  if (methods.length === 0) return;
  yield '\n';
  const title = `${style.bold('UnmanagedCallersOnly')}  ${methods.length}`;
  yield* section(
    title,
    [key('token'), key('method'), 'convention', 'entry point'],
    methods,
    ({ token, method, convention, entryPoint }) => [
      hex(token, 8),
      { text: method, paint: style.cyan },
      conventionText(convention),
      { text: entryPoint ?? '', paint: style.green },
    ],
    context,
  );
}

function* exportJumpsText(context: CommandContext, { exportJumps }: Boundary): Generator<string> {
  const { style } = context;
  if (exportJumps.length === 0) return;
  yield '\n';
  const title = `${style.bold('export address table jumps')}  ${exportJumps.length}`;
  yield* section(
    title,
    [key('RVA'), 'slot', key('token'), key('method'), 'exports'],
    exportJumps,
    ({ rva, slotRva, entry, exports }) => [
      hex(rva),
      hex(slotRva),
      entry ? hex(entry.token, 8) : '',
      { text: entry?.method ?? '', paint: style.cyan },
      { text: exportNames(exports), paint: style.green },
    ],
    context,
  );
}
