import type { Assembly } from '@ijw/assembly';
import { UsageError } from '@ijw/binary';
import { type Metadata, type MethodDefToken, methodFullName } from '@ijw/metadata';
import { type LeanClrMethodEntry, LeanClrMethodIndex } from './method-index.ts';
import type { ListedRegistration } from './registration-list.ts';
import { type Dispatch, lookUpKeys, nativeKindOf, PInvokeRegistry, type RegistrationKind, simpleInvoker } from './registry.ts';
import { LeanClrSignatureError, parseLeanClrSignature } from './signature-parser.ts';

/** How LeanCLR runs a method after everything in a list is registered. */
export interface LeanClrBinding {
  readonly token: MethodDefToken;
  readonly method: string;
  /** The table that native code for it belongs in. */
  readonly kind: 'pinvoke' | 'internalCall';
  /** The look-up keys, in this order. */
  readonly keys: readonly string[];
  readonly via: Dispatch['via'];
  /** The registration that is found. */
  readonly boundBy?: string;
  /** The exception of a call. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** A registration that binds nothing, or that the runtime refuses. */
export interface RejectedRegistration extends ListedRegistration {
  readonly problem: string;
}

/**
 * Registers a list as LeanCLR does and dispatches every P/Invoke and internal call, and methods with a body that a registration overrides.
 * @throws UnsupportedError where the assembly has no metadata; BadImageError where its tables cannot be read
 */
export function leanClrBindings(
  assembly: Assembly,
  registrations: readonly ListedRegistration[],
): { readonly bindings: readonly LeanClrBinding[]; readonly rejected: readonly RejectedRegistration[] } {
  const metadata = assembly.requireMetadata();
  const index = new LeanClrMethodIndex(assembly);
  const registry = new PInvokeRegistry();
  const rejected = registrations.flatMap((registration): RejectedRegistration[] => {
    const problem = register(index, registry, registration);
    return problem === undefined ? [] : [{ ...registration, problem }];
  });
  const bindings = index.methods.flatMap((entry): LeanClrBinding[] => {
    const dispatch = registry.dispatch(entry);
    // Other methods without a body are abstract or the runtime's own.
    return entry.isPInvoke || entry.isInternalCall || 'registration' in dispatch ? [bindingOf(metadata, entry, dispatch)] : [];
  });
  return { bindings, rejected };
}

/** Registers one entry of a list; returns what is wrong with it. */
function register(index: LeanClrMethodIndex, registry: PInvokeRegistry, { kind, signature }: ListedRegistration): string | undefined {
  try {
    const found = index.find(parseLeanClrSignature(signature), kind);
    const kinds = new Set<RegistrationKind>(kind === undefined ? found.map(nativeKindOf) : [kind]);
    for (const each of kinds) registry.register(signature, () => undefined, simpleInvoker([], undefined), { kind: each });
    return found.length === 0 ? 'No method of the assembly is looked up by it' : undefined;
  } catch (error) {
    if (error instanceof LeanClrSignatureError) return `${error.message}, character ${error.position + 1}`;
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

function bindingOf(metadata: Metadata, entry: LeanClrMethodEntry, dispatch: Dispatch): LeanClrBinding {
  const kind = nativeKindOf(entry);
  return {
    token: entry.token,
    method: methodFullName(metadata, entry.token),
    kind,
    keys: lookUpKeys(kind, entry.signature),
    via: dispatch.via,
    ...('registration' in dispatch && { boundBy: dispatch.registration.signature }),
    ...('error' in dispatch && { error: { code: dispatch.error.code, message: dispatch.error.message } }),
  };
}
