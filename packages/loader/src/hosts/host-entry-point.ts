import { managedEntryPoint, nativeEntryPoint } from '../clr/assembly.ts';
import { cliHeaderOf } from '../clr/image-view.ts';
import type { Runtime } from '../clr/runtime.ts';
import type { DllReason } from '../load-event.ts';
import type { Gate } from '../process/gate-table.ts';
import type { HostEntryPoint } from '../windows/call-entry-point.ts';
import type { HostFunction } from '../windows/module-provider.ts';
import type { MappedModule } from '../windows/os-module.ts';
import { DLL_REASONS, runDllMain } from '../windows/run-dll-main.ts';
import { windowsRefusal } from '../windows/windows-error.ts';

/** `_CorDllMain` of whichever host the image imports. `runtime` is asked for late: entry points are called while it is being made. */
export const hostEntryPoint =
  (runtime: () => Runtime): HostEntryPoint =>
  (module, gate, reason) => {
    const { trace } = runtime().process;
    trace.add({ step: 'corDllMain', host: gate.module, module: module.name, reason });
    const own = suppliedFunction(runtime(), gate);
    if (own) return Number(own(module.base, DLL_REASONS[reason], 0));
    return isIjwhost(gate) ? ijwhostDllMain(runtime(), module, reason) : mscoreeDllMain(runtime(), module, reason);
  };

/** The function that a host of the caller's has behind the symbol, in place of what ours would do. */
function suppliedFunction({ process }: Runtime, { module, name }: Gate): HostFunction | undefined {
  for (const candidate of process.modules.values())
    if (candidate.kind === 'host' && candidate.name === module) return candidate.host.resolve(name)?.function;
  return undefined;
}

const isIjwhost = (gate: Gate): boolean => gate.module === 'ijwhost.dll';

/**
 * dotnet/runtime `corehost/ijwhost/ijwhost.cpp`, `_CorDllMain`: thunks at attach, then the native entry point for every reason, then the thunks are
 * freed at detach. The runtime has no part in it, and a managed entry point is never run.
 */
function ijwhostDllMain(runtime: Runtime, module: MappedModule, reason: DllReason): number {
  const { process, bootstrap } = runtime;
  const cli = cliHeaderOf(module.image);
  if (reason === 'processAttach') {
    if (!cli) return 0;
    if (nativeEntryPoint(cli) === undefined && managedEntryPoint(cli) === undefined) {
      process.trace.add({ step: 'disableThreadLibraryCalls', module: module.name });
    }
    if (!bootstrap.install(module, cli)) return 0;
  }
  const result = callNativeEntryPoint(runtime, module, reason);
  if (reason === 'processDetach') bootstrap.release(module);
  return result;
}

/**
 * .NET Framework: `_CorDllMain` starts the runtime, which loads the image as an assembly there and then; the native entry point follows, and
 * the load ends with the module constructor and a managed DllMain. In a process of .NET Core mscoree only calls the native entry point.
 */
function mscoreeDllMain(runtime: Runtime, module: MappedModule, reason: DllReason): number {
  const native = callNativeEntryPoint(runtime, module, reason);
  if (native === 0 || runtime.host === 'core' || reason !== 'processAttach') return native;
  if (!runtime.started) {
    runtime.start('_CorDllMain');
    runtime.attachInMemory(module);
  }
  return native;
}

function callNativeEntryPoint(runtime: Runtime, module: MappedModule, reason: DllReason): number {
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
  runtime.process.trace.add({ step: 'nativeEntryPoint', address, reason, ...(result !== undefined && { result }) });
  return result ?? 1;
}
