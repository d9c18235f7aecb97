import {
  DLL_REASONS,
  type DllReason,
  type EntryPointHost,
  type Gate,
  type HostFunction,
  type MappedModule,
  runDllMain,
  windowsRefusal,
} from '@ijw/windows';
import type { Trace } from '../load/load-event.ts';
import { managedEntryPoint, nativeEntryPoint } from './image/assembly-image.ts';
import { cliHeaderOf } from './image/image-view.ts';
import { loadInMemory } from './in-memory-load.ts';
import type { Runtime, RuntimeRun } from './runtime.ts';

/** One call of `_CorDllMain`. */
interface DllMain extends RuntimeRun {
  readonly module: MappedModule;
  readonly reason: DllReason;
}

/** `_CorDllMain` of the host that the image imports. `runtime` is a function because entry points are called while the runtime is being made. */
export const hostEntryPoint = (runtime: () => Runtime): EntryPointHost<Trace> => ({
  owns: ({ kind, name }) => (kind === 'function' || kind === 'unresolved') && runtime().platform.hostEntryNames.includes(name),
  call({ module, gate, reason, trace }) {
    trace.add({ step: 'corDllMain', host: gate.module, module: module.name, reason });
    const own = suppliedFunction(runtime(), gate);
    if (own) return Number(own(module.base, DLL_REASONS[reason], 0));
    const attach = { runtime: runtime(), trace, module, reason };
    return isIjwhost(gate) ? ijwhostDllMain(attach) : mscoreeDllMain(attach);
  },
});

/** The function of the caller's host for the symbol; it replaces the simulated one. */
function suppliedFunction({ process }: Runtime, { module, name }: Gate): HostFunction | undefined {
  for (const candidate of process.modules.values())
    if (candidate.kind === 'host' && candidate.name === module) return candidate.host.resolve(name)?.function;
  return undefined;
}

const isIjwhost = (gate: Gate): boolean => gate.module === 'ijwhost.dll';

/**
 * dotnet/runtime `corehost/ijwhost/ijwhost.cpp`, `_CorDllMain`: thunks at attach, then the native entry point for every reason, then the thunks are
 * freed at detach. The runtime does not take part, and a managed entry point never runs.
 */
function ijwhostDllMain(call: DllMain): number {
  const { runtime, module, reason, trace } = call;
  const { bootstrap } = runtime;
  const cli = cliHeaderOf(module.image);
  if (reason === 'processAttach') {
    if (!cli) return 0;
    if (nativeEntryPoint(cli) === undefined && managedEntryPoint(cli) === undefined) {
      trace.add({ step: 'disableThreadLibraryCalls', module: module.name });
    }
    if (!bootstrap.install(module, cli, trace)) return 0;
  }
  const result = callNativeEntryPoint(call);
  if (reason === 'processDetach') bootstrap.release(module, trace);
  return result;
}

/**
 * .NET Framework: `_CorDllMain` starts the runtime, which loads the image as an assembly there and then; the native entry point follows, and
 * the load ends with the module constructor and a managed DllMain. In a process of .NET Core mscoree only calls the native entry point.
 */
function mscoreeDllMain(call: DllMain): number {
  const { runtime, module, reason, trace } = call;
  const native = callNativeEntryPoint(call);
  if (native === 0 || runtime.host === 'core' || reason !== 'processAttach') return native;
  if (!runtime.started) {
    runtime.start('_CorDllMain', trace);
    loadInMemory({ runtime, trace }, module);
  }
  return native;
}

function callNativeEntryPoint({ runtime, module, reason, trace }: DllMain): number {
  const cli = cliHeaderOf(module.image);
  const rva = cli && nativeEntryPoint(cli);
  if (rva === undefined) return 1;
  const address = module.base + rva;
  const end = runDllMain(runtime.process, { module, address, reason, call: () => undefined });
  if (end.kind === 'fault') {
    throw windowsRefusal('NOACCESS', 'nativeEntryPointFaulted', `The native entry point faults: ${end.reason}`, {
      structure: 'CLI header',
      field: 'EntryPoint',
      rva,
    });
  }
  const result = end.kind === 'returned' ? end.value : undefined;
  trace.add({ step: 'nativeEntryPoint', address, reason, ...(result !== undefined && { result }) });
  return result ?? 1;
}
