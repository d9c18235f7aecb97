import { makeToken, methodFullName, TableId, type Token, tokenRid } from '@ijw/metadata';
import { isDll } from '@ijw/windows';
import { clrException, clrRefusal, HResult } from '../../load/clr-error.ts';
import type { Trace } from '../../load/load-event.ts';
import type { ManagedEntry } from '../../load/managed-entry.ts';
import type { LoadedAssembly } from '../bind/load-context.ts';
import { managedEntryPoint } from '../image/assembly-image.ts';

/** ECMA-335 II.23.2.1: `int32 (void*, uint32, void*)`, static. */
const DLL_MAIN_SIGNATURE = [0x00, 0x03, 0x08, 0x0f, 0x01, 0x09, 0x0f, 0x01];

/** .NET Framework only, and deprecated there: the managed entry point of a DLL is its DllMain. It must have exactly that signature and must not return 0 at attach. */
export function runManagedDllMain(managedEntry: ManagedEntry, assembly: LoadedAssembly, trace: Trace): void {
  const { metadata, cli, image } = assembly.image;
  if (!isDll({ image })) return;
  const token = managedEntryPoint(cli);
  if (token === undefined || token >>> 24 !== TableId.MethodDef) return;
  const rid = tokenRid(token);
  if (!metadata.tables.MethodDef.has(rid)) return;
  const signature = metadata.blobs.get(metadata.tables.MethodDef.get(rid, 'Signature'));
  const place = { structure: 'CLI header', field: 'EntryPoint', token };
  if (signature.length !== DLL_MAIN_SIGNATURE.length || !DLL_MAIN_SIGNATURE.every((byte, index) => byte === signature[index])) {
    const exception = clrException('MethodAccessException', HResult.COR_E_METHODACCESS, 'The managed entry point is not a DllMain.');
    throw clrRefusal({
      rule: 'managedDllMainSignature',
      reason: 'The managed entry point is not int32(void*, uint32, void*)',
      exception,
      place,
    });
  }
  const method = methodFullName(metadata, makeToken(TableId.MethodDef, rid) as Token);
  const called = managedEntry.call({
    token,
    method,
    through: 'entryPoint',
    arguments: [assembly.module?.base ?? 0, 1, 0],
    context: assembly.context.name,
  });
  const value = 'value' in called && typeof called.value === 'number' ? called.value : 1;
  trace.add({ step: 'managedEntryPoint', token, method, reason: 'processAttach', result: value });
  if (value !== 0) return;
  const exception = clrException('InvalidProgramException', HResult.COR_E_INVALIDPROGRAM, 'The managed DllMain returned 0.');
  throw clrRefusal({ rule: 'managedDllMainFailed', reason: 'The managed entry point returned 0 at attach', exception, place });
}
