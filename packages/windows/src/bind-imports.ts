import { hex } from '@ijw/binary';
import { faultText, writePointer } from '@ijw/machine';
import { readBoundImportDirectory, readDelayImportDirectory, readImportDirectory } from '@ijw/pe/imports';
import { type ExportTarget, findExport, type ModuleLoader, type SymbolName, symbolText } from './find-export.ts';
import type { GuestProcess } from './guest-process.ts';
import type { LoadRun } from './load-run.ts';
import type { BoundImport, MappedModule } from './os-module.ts';
import { fileName } from './os-module.ts';
import { windowsRefusal } from './windows-error.ts';

interface ImportedSymbol {
  readonly name?: string;
  readonly ordinal?: number;
  readonly hint?: number;
  readonly iatRva: number;
}

/** The sources of imported modules. */
export interface ImportSources {
  /** Maps a module that is not loaded yet. */
  readonly load: ModuleLoader;
  /** A module that is already loaded, or a host module. Delayed imports load nothing. */
  readonly known: ModuleLoader;
}

/**
 * Binds the import directory, then notes the delayed ones. Every symbol gets an address: an export of a mapped DLL, a function of a host
 * module, or an address of its own that names it.
 */
export function bindImports(run: LoadRun, module: MappedModule, sources: ImportSources): void {
  const { process, trace } = run;
  traceBoundImports(run, module);
  for (const imported of readImportDirectory(module.image)?.modules ?? []) {
    const bound = imported.symbols.map((symbol) => bindSymbol(process, module, imported.name, symbol, sources.load));
    for (const entry of bound) writeSlot(process, module, entry);
    traceModule(run, module, imported.name, bound);
  }
  for (const imported of readDelayImportDirectory(module.image)?.modules ?? []) {
    for (const symbol of imported.symbols)
      module.imports.push({ ...delayedSymbol(process, imported.name, symbol, sources.known), delayed: true });
    trace.add({ step: 'delayImports', module: module.name, imports: imported.name, symbols: imported.symbols.length });
  }
}

/** The function that the delay-load helper would find. It runs at the first call, so a missing module does not end the load. */
function delayedSymbol(process: GuestProcess, from: string, symbol: ImportedSymbol, known: ModuleLoader): BoundImport {
  const wanted: SymbolName = symbol.name ?? symbol.ordinal ?? '';
  const exporter = known(from);
  const target = (exporter && findExport(process, exporter, wanted, known)) ?? namedAddress(process, from, wanted);
  return { module: from, name: symbolText(wanted), ...symbolKeys(symbol), iatRva: symbol.iatRva, ...target };
}

const symbolKeys = ({ name, hint, ordinal }: ImportedSymbol) => ({
  ...(hint !== undefined && { hint }),
  ...(name === undefined && ordinal !== undefined && { ordinal }),
});

function traceBoundImports({ trace }: LoadRun, module: MappedModule): void {
  for (const { name, timeDateStamp } of readBoundImportDirectory(module.image)?.modules ?? []) {
    trace.add({ step: 'boundImports', module: module.name, imports: name, timeDateStamp, honoured: false });
  }
}

function bindSymbol(
  process: GuestProcess,
  module: MappedModule,
  from: string,
  symbol: ImportedSymbol,
  loadModule: ModuleLoader,
): BoundImport {
  const wanted: SymbolName | undefined = symbol.name ?? symbol.ordinal;
  if (wanted === undefined || from === '') {
    throw windowsRefusal('BAD_EXE_FORMAT', 'unreadableImport', `An import of ${from || 'a module'} has no name that can be read`, {
      structure: `imports of ${module.name}`,
      rva: symbol.iatRva,
    });
  }
  const exporter = loadModule(from);
  const target = exporter ? findExport(process, exporter, wanted, loadModule) : namedAddress(process, from, wanted);
  if (!target) {
    const error = typeof wanted === 'number' ? 'INVALID_ORDINAL' : 'PROC_NOT_FOUND';
    throw windowsRefusal(error, 'exportNotFound', `${from} exports no ${symbolText(wanted)}`, {
      structure: `imports of ${module.name}`,
      field: symbolText(wanted),
      rva: symbol.iatRva,
    });
  }
  return {
    module: from,
    name: symbolText(wanted),
    ...symbolKeys(symbol),
    iatRva: symbol.iatRva,
    ...target,
  };
}

const namedAddress = (process: GuestProcess, from: string, symbol: SymbolName): ExportTarget => ({
  address: process.gates.for(fileName(from), symbolText(symbol), 'unresolved').address,
  resolvedBy: 'none',
});

function writeSlot(process: GuestProcess, module: MappedModule, entry: BoundImport): void {
  const fault = writePointer(process.memory, module.base + entry.iatRva, entry.address, process.processor.pointerSize);
  if (fault) {
    throw windowsRefusal(
      'BAD_EXE_FORMAT',
      'importSlotOutsideImage',
      `The import address table is at ${hex(entry.iatRva)}: ${faultText(fault)}`,
      {
        structure: `imports of ${module.name}`,
        rva: entry.iatRva,
      },
    );
  }
}

function traceModule({ trace }: LoadRun, module: MappedModule, imports: string, bound: readonly BoundImport[]): void {
  for (const entry of bound) module.imports.push(entry);
  const resolvedBy = [...new Set(bound.map((entry) => entry.resolvedBy))].join(', ');
  trace.add({ step: 'bindModule', module: module.name, imports, symbols: bound.length, resolvedBy });
  for (const { name, iatRva, address, resolvedBy: by } of bound) {
    trace.add({ step: 'bindImport', module: module.name, imports, name, iatRva, address, resolvedBy: by });
  }
}
