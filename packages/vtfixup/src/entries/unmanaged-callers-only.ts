// System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute: native code gets the method's address; NativeAOT also exports it by EntryPoint.

import type { Diagnostics } from '@ijw/binary';
import type { EffectiveConvention, NativeCalls } from '@ijw/marshalling';
import { isTokenOf, type MethodDefToken, methodFullName, methodSignatureOf, methodSignatureText } from '@ijw/metadata';

/** A method that only native code may call. */
export interface UnmanagedCallersOnly {
  readonly token: MethodDefToken;
  readonly method: string;
  readonly signature: string;
  readonly entryPoint?: string;
  readonly convention: EffectiveConvention;
}

function read(calls: NativeCalls, token: MethodDefToken, attribute: number): UnmanagedCallersOnly {
  const { metadata } = calls;
  const entryPoint = calls.attributeValue(attribute).namedArguments.find(({ name }) => name === 'EntryPoint')?.value;
  return {
    token,
    method: methodFullName(metadata, token),
    signature: methodSignatureText(metadata, token),
    ...(typeof entryPoint === 'string' && { entryPoint }),
    convention: calls.conventionOf(token, methodSignatureOf(metadata, token)),
  };
}

/** In the order of the MethodDef table. A method that cannot be read is reported and left out. */
export function readUnmanagedCallersOnly(calls: NativeCalls, diagnostics: Diagnostics): readonly UnmanagedCallersOnly[] {
  const methods: UnmanagedCallersOnly[] = [];
  for (const [token, attribute] of calls.unmanagedCallersOnlyAttributes) {
    const method = isTokenOf(token, 'MethodDef') ? diagnostics.attempt(() => read(calls, token, attribute), token) : undefined;
    if (method !== undefined) methods.push(method);
  }
  return methods.sort((one, other) => one.token - other.token);
}
