import type { InteropCounts } from '@ijw/interop';
import { columns, type Page } from './columns.ts';

const conventions = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

/** What of an interop inventory is there, a line a kind. */
export function* interopText(counts: InteropCounts, { style, width }: Page): Generator<string> {
  const rows: readonly (readonly [string, number | string | false])[] = [
    ['function pointers', conventions(counts.functionPointers)],
    ['calls through unmanaged pointers', counts.unmanagedCalls],
    ['without GC transition', counts.suppressGCTransition],
    ['LibraryImport methods', counts.libraryImports],
    ['ComWrappers subclasses', counts.comWrappers],
    ['ComWrappers registrations', counts.comWrappersRegistrations],
    ['generated COM interfaces and classes', counts.generatedComInterfaces + counts.generatedComClasses],
    ['imported COM types', counts.comImports],
    ['calls of the dynamic binder', counts.dynamicCalls],
    ['dynamically castable types', counts.dynamicInterfaceCastable],
    ['implementation interfaces', counts.castableImplementations],
    ['constructed generics in P/Invokes', counts.genericArguments],
    ['runtime marshalling', counts.runtimeMarshallingDisabled && 'disabled'],
    ['Windows Runtime metadata', counts.windowsRuntime.isWinmd && 'a .winmd file'],
    ['Windows Runtime types referred to', counts.windowsRuntime.references],
    ['Windows Runtime projections', counts.windowsRuntime.projections],
  ];
  const shown = rows.filter(([, value]) => Boolean(value)).map(([name, value]) => [name, String(value)]);
  if (shown.length === 0) return;
  yield `\n${style.bold('interop')}\n`;
  yield* columns(shown, '  ', width);
}
