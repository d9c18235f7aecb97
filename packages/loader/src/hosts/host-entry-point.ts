import { makeToken, methodFullName, TableId, type Token, tokenRid } from '@ijw/metadata';
import { managedEntryPoint, nativeEntryPoint } from '../clr/assembly.ts';
import { clrException, clrRefusal, HResult } from '../clr/clr-error.ts';
import { cliHeaderOf } from '../clr/image-view.ts';
import type { Runtime } from '../clr/runtime.ts';
import type { DllReason } from '../load-event.ts';
import type { Gate } from '../process/gate-table.ts';
import type { HostEntryPoint } from '../windows/call-entry-point.ts';
import type { MappedModule } from '../windows/os-module.ts';
import { runDllMain } from '../windows/run-dll-main.ts';
import { windowsRefusal } from '../windows/windows-error.ts';

/** `_CorDllMain` of whichever host the image imports. `runtime` is asked for late: entry points are called while it is being made. */
export const hostEntryPoint =
  (runtime: () => Runtime): HostEntryPoint =>
  (module, gate, reason) => {
    const { trace } = runtime().process;
    trace.add({ step: 'corDllMain', host: gate.module, module: module.name, reason });
    return isIjwhost(gate) ? ijwhostDllMain(runtime(), module, reason) : mscoreeDllMain(runtime(), module, reason);
  };

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
 * `loadInMemory` ends with the module constructor. In a process of .NET Core mscoree only calls the native entry point.
 */
function mscoreeDllMain(runtime: Runtime, module: MappedModule, reason: DllReason): number {
  const native = callNativeEntryPoint(runtime, module, reason);
  if (native === 0 || runtime.host === 'core' || reason !== 'processAttach') return native;
  if (!runtime.started) {
    runtime.start('_CorDllMain');
    runtime.attachInMemory(module);
  }
  return runManagedEntryPoint(runtime, module, reason);
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

/** ECMA-335 II.23.2.1: `int32 (void*, uint32, void*)`, static. */
const DLL_MAIN_SIGNATURE = [0x00, 0x03, 0x08, 0x0f, 0x01, 0x09, 0x0f, 0x01];

/** .NET Framework only, and deprecated there: a managed DllMain must have exactly that signature and must not answer 0 at attach. */
function runManagedEntryPoint(runtime: Runtime, module: MappedModule, reason: DllReason): number {
  const assembly = runtime.assemblyOf(module);
  const cli = cliHeaderOf(module.image);
  const token = cli && managedEntryPoint(cli);
  if (!assembly || token === undefined || token >>> 24 !== TableId.MethodDef) return 1;
  const { metadata } = assembly.image;
  const rid = tokenRid(token);
  if (!metadata.tables.MethodDef.has(rid)) return 1;
  const signature = metadata.blobs.get(metadata.tables.MethodDef.get(rid, 'Signature'));
  const place = { structure: 'CLI header', field: 'EntryPoint', token };
  if (signature.length !== DLL_MAIN_SIGNATURE.length || !DLL_MAIN_SIGNATURE.every((byte, index) => byte === signature[index])) {
    const exception = clrException('MethodAccessException', HResult.COR_E_METHODACCESS, 'The managed entry point is no DllMain.');
    throw clrRefusal({
      rule: 'managedDllMainSignature',
      reason: 'The managed entry point is not int32(void*, uint32, void*)',
      exception,
      place,
    });
  }
  const method = methodFullName(metadata, makeToken(TableId.MethodDef, rid) as Token);
  const called = runtime.managedEntry.call({
    token,
    method,
    through: 'entryPoint',
    arguments: [module.base, 1, 0],
    context: assembly.context.name,
  });
  const value = 'value' in called && typeof called.value === 'number' ? called.value : 1;
  runtime.process.trace.add({ step: 'managedEntryPoint', token, method, reason, result: value });
  if (value !== 0) return 1;
  const exception = clrException('InvalidProgramException', HResult.COR_E_INVALIDPROGRAM, 'The managed DllMain returned 0.');
  throw clrRefusal({ rule: 'managedDllMainFailed', reason: 'The managed entry point returned 0 at attach', exception, place });
}
