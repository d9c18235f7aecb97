import { CodeWriter } from './platform/code-writer.ts';
import { platformFor } from './platform/platform-for.ts';
import type { ThunkBuilder } from './thunk-builder.ts';

/**
 * The code that the runtime itself puts behind a slot at load time: a precode of 12 or 24 bytes that loads the method's identity and jumps to
 * what is in its data. Marshalling is not in it; .NET makes that stub when the slot is called first.
 */
export const precodeThunkBuilder: ThunkBuilder = (request) => {
  const platform = platformFor(request.architecture);
  const { token, managedEntry } = request;
  const isStub = request.kind === 'reverse' || request.isPInvoke;
  const template = isStub ? platform.stubPrecode : platform.fixupPrecode;
  return {
    size: template.size,
    alignment: 8,
    emit: (address, data) => ({
      code: template.write(address, data),
      data: precodeData(platform.pointerSize, isStub ? [token, managedEntry] : [managedEntry, token, managedEntry]),
    }),
  };
};

function precodeData(pointerSize: 4 | 8, words: readonly number[]): Uint8Array {
  const writer = new CodeWriter();
  for (const word of words) pointerSize === 8 ? writer.u64(word) : writer.u32(word);
  return writer.toBytes();
}
