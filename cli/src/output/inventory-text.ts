import { hex, hexDigits } from '@ijw/binary';
import { type CodeSite, type InteropInventory, interopCounts, type NamedMethod, type NamedType } from '@ijw/interop';
import type { Page, Row } from './columns.ts';
import { interopText } from './interop-text.ts';
import { key, table } from './table.ts';

const method = ({ token, method: name }: NamedMethod, ...more: readonly string[]): Row => [hex(token, 8), name, ...more];
const type = ({ token, type: name }: NamedType, ...more: readonly string[]): Row => [hex(token, 8), name, ...more];
const site = (use: CodeSite): Row => method(use, `IL_${hexDigits(use.offset, 4)}`);

interface Section {
  readonly title: string;
  /** The titles of the columns behind token and name. */
  readonly facts?: readonly string[];
  rows(inventory: InteropInventory): readonly Row[];
}

const SITE = ['at'];

/** The lists of an inventory, a section each; those that are empty are left out. */
const SECTIONS: readonly Section[] = [
  {
    title: 'P/Invokes',
    facts: ['kind', 'target'],
    rows: ({ platformInvokes }) =>
      platformInvokes.map(({ token, fullName, kind, mapping, rva }) => {
        const target = kind === 'rva' ? `RVA ${hex(rva)}` : mapping ? `${mapping.moduleName}!${mapping.entryPoint ?? ''}` : '';
        return [hex(token, 8), fullName, kind, target];
      }),
  },
  {
    title: 'UnmanagedCallersOnly',
    facts: ['conventions', 'entry point'],
    rows: ({ unmanagedCallersOnly }) =>
      unmanagedCallersOnly.map((entry) => method(entry, entry.conventions.join(' '), entry.entryPoint ?? '')),
  },
  { title: 'SuppressGCTransition', rows: (inventory) => inventory.suppressGCTransition.map((use) => method(use)) },
  {
    title: 'LibraryImport',
    facts: ['library', 'entry point', 'inner P/Invoke'],
    rows: ({ libraryImports }) => libraryImports.map((use) => method(use, use.module ?? '', use.entryPoint ?? '', use.inner?.method ?? '')),
  },
  { title: 'Calls through unmanaged pointers', facts: SITE, rows: ({ unmanagedCalls }) => unmanagedCalls.map(site) },
  { title: 'ComWrappers', facts: ['overrides'], rows: ({ comWrappers }) => comWrappers.map((use) => type(use, use.overrides.join(' '))) },
  { title: 'ComWrappers registrations', facts: SITE, rows: (inventory) => inventory.comWrappersRegistrations.map(site) },
  { title: 'Generated COM interfaces', rows: (inventory) => inventory.generatedComInterfaces.map((use) => type(use)) },
  { title: 'Generated COM classes', rows: (inventory) => inventory.generatedComClasses.map((use) => type(use)) },
  {
    title: 'Imported COM types',
    facts: ['GUID', 'interface type'],
    rows: ({ comImports }) => comImports.map((use) => type(use, use.guid ?? '', use.interfaceType ?? '')),
  },
  { title: 'Dynamic binder calls', facts: SITE, rows: ({ dynamicCalls }) => dynamicCalls.map(site) },
  { title: 'IDynamicInterfaceCastable', rows: (inventory) => inventory.dynamicInterfaceCastable.map((use) => type(use)) },
  { title: 'Implementation interfaces', rows: (inventory) => inventory.castableImplementations.map((use) => type(use)) },
  {
    title: 'Constructed generics in P/Invokes',
    facts: ['where', 'type'],
    rows: ({ genericArguments }) =>
      genericArguments.map((use) => method(use, use.position === 0 ? 'return value' : `parameter ${use.position}`, use.type)),
  },
  { title: 'Windows Runtime types', rows: ({ windowsRuntime }) => windowsRuntime.types.map((use) => type(use)) },
  { title: 'Windows Runtime projections', rows: ({ windowsRuntime }) => windowsRuntime.projections.map((use) => type(use)) },
];

/** An inventory: its counts, then its lists. */
export function* inventoryText(inventory: InteropInventory, page: Page): Generator<string> {
  yield* interopText(interopCounts(inventory), page);
  for (const { title, facts = [], rows } of SECTIONS) {
    const list = rows(inventory);
    if (list.length === 0) continue;
    yield `\n${page.style.bold(title)}\n`;
    yield* table([key('token'), key('name'), ...facts], list, page);
  }
}
