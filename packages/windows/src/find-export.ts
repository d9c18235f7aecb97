import { readExportDirectory } from '@ijw/pe/exports';
import { exportedSymbol } from './export-index.ts';
import type { GuestProcess } from './guest-process.ts';
import type { MappedModule, OsModule } from './os-module.ts';
import { windowsRefusal } from './windows-error.ts';

/** The target of a symbol. */
export interface ExportTarget {
  readonly address: number;
  readonly resolvedBy: 'image' | 'host' | 'none';
  readonly forwardedTo?: readonly string[];
}

export type SymbolName = string | number;

export const symbolText = (symbol: SymbolName): string => (typeof symbol === 'number' ? `#${symbol}` : symbol);

/** The longest chain of forwarders; a longer one is an attack. */
const FORWARDER_LIMIT = 32;

/** Loads the module that a forwarder names. */
export type ModuleLoader = (name: string) => OsModule | undefined;

/**
 * GetProcAddress: the address of an exported name or ordinal, through forwarders. `undefined`: the module has no such export. `loadModule`
 * gives the modules that forwarders name; where it has none, the symbol gets an address that names it.
 */
export function findExport(
  process: GuestProcess,
  module: OsModule,
  symbol: SymbolName,
  loadModule: ModuleLoader,
): ExportTarget | undefined {
  const path: string[] = [];
  let current: OsModule = module;
  let wanted = symbol;
  for (;;) {
    const found = current.kind === 'host' ? findHostExport(process, current, wanted) : findImageExport(current, wanted);
    if (found === undefined) return undefined;
    if (typeof found === 'object') return { ...found, ...(path.length > 0 && { forwardedTo: path }) };
    if (typeof found === 'number') return { address: found, resolvedBy: 'image', ...(path.length > 0 && { forwardedTo: path }) };
    checkForwarder(path, found, module);
    path.push(found);
    const next = splitForwarder(found);
    const target = loadModule(next.module);
    if (!target)
      return {
        address: process.gates.for(next.module, symbolText(next.symbol), 'unresolved').address,
        resolvedBy: 'none',
        forwardedTo: path,
      };
    current = target;
    wanted = next.symbol;
  }
}

function checkForwarder(path: readonly string[], forwarder: string, module: OsModule): void {
  const looped = path.includes(forwarder);
  if (!looped && path.length < FORWARDER_LIMIT) return;
  const reason = looped
    ? `Forwarders lead in a circle: ${[...path, forwarder].join(' -> ')}`
    : `More than ${FORWARDER_LIMIT} forwarders in a row`;
  throw windowsRefusal('PROC_NOT_FOUND', 'forwarderLoop', reason, { structure: `exports of ${module.name}` });
}

/** `NTDLL.RtlAllocateHeap`, `COMBASE.#12`: the module lacks its `.dll`. */
function splitForwarder(forwarder: string): { readonly module: string; readonly symbol: SymbolName } {
  const dot = forwarder.lastIndexOf('.');
  const name = forwarder.slice(dot + 1);
  const ordinal = /^#(\d+)$/.exec(name);
  return { module: `${forwarder.slice(0, Math.max(dot, 0)).toLowerCase()}.dll`, symbol: ordinal ? Number(ordinal[1]) : name };
}

function findHostExport(process: GuestProcess, module: OsModule & { kind: 'host' }, symbol: SymbolName): ExportTarget | undefined {
  const found = module.host.resolve(symbol);
  return found && { address: process.gates.for(module.name, found.name, 'function').address, resolvedBy: 'host' };
}

/** An address, a forwarder, or nothing. */
function findImageExport(module: MappedModule, symbol: SymbolName): number | string | undefined {
  const directory = readExportDirectory(module.image);
  const entry = directory && exportedSymbol(directory, symbol);
  if (!entry) return undefined;
  return entry.forwarder ?? module.base + (entry.rva ?? 0);
}
