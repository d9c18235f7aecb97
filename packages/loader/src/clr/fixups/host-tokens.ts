// dotnet/runtime `src/coreclr/vm/ceeload.cpp`, Module::FixupVTables: "GetTokenForVTableEntry" of the module that `_CorDllMain` was imported from.

import { placeCall, pointerType } from '@ijw/marshalling';
import { findExport, type OsModule } from '@ijw/windows';
import { callNative } from '../../native/native-call.ts';
import { nativeBytes, nativeValue } from '../../native/native-value.ts';
import type { FixupContext } from './fixup-context.ts';

const SYMBOL = 'GetTokenForVTableEntry';

/** The token of a slot, by its address; `undefined` where the slot cannot be read. */
export type TokenReader = (slot: number) => number | undefined;

/**
 * How a host other than the loader's own ijwhost is asked: a function that the caller supplies, or the code of a DLL that was mapped. Only CoreCLR asks.
 * `undefined`: the host knows no tokens.
 */
export function askHost(context: FixupContext, host: OsModule): TokenReader | undefined {
  if (context.host !== 'core') return undefined;
  if (host.kind === 'image') return askImage(context, host);
  const answer = host.host.resolve(SYMBOL)?.function;
  return answer && ((slot) => Number(answer(context.module.base, slot)) >>> 0);
}

/** `int32_t GetTokenForVTableEntry(HINSTANCE, uint8_t**)`, stdcall. */
function askImage({ process, module, stack }: FixupContext, host: OsModule & { readonly kind: 'image' }): TokenReader | undefined {
  const address = findExport(process, host, SYMBOL, () => undefined)?.address;
  if (address === undefined) return undefined;
  const pointer = pointerType(process.processor.pointerSize);
  const result = { kind: 'integer', size: 4, signed: false } as const;
  const shape = { convention: 'stdcall', memberFunction: false, variadic: false, parameters: [pointer, pointer], result } as const;
  const placement = placeCall(process.architecture, shape);
  return (slot) => {
    const bytes = [nativeBytes(pointer, module.base), nativeBytes(pointer, slot)];
    const end = callNative(
      { process, stack: stack(), enter: nothingElse(process), steps: process.steps },
      { address, placement, arguments: bytes },
    );
    return end.kind === 'returned' ? (nativeValue(result, end.result) as number) : undefined;
  };
}

/** Code of a host that calls another function is not evaluated here. */
const nothingElse =
  ({ gates }: FixupContext['process']) =>
  ({ ip }: { readonly ip: number }) =>
    gates.at(ip) && { stop: 'The host calls another function' };
