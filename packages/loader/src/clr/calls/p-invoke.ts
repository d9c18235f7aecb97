import { BadImageError, hex } from '@ijw/binary';
import { type ForwardCall, ForwardCalls, isNativeCode, type NativeCalls, type Unsupported, unsupported } from '@ijw/marshalling';
import { type MethodDefToken, makeToken, methodCodeKinds, methodFullName, type Resolver, TableId, tokenRid } from '@ijw/metadata';
import type { BoundImport, GuestProcess, MappedModule, ModuleLoader } from '@ijw/windows';
import { badImageFormat } from '../../load/clr-error.ts';
import type { Host } from '../../load/host.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import type { TypeLoader } from '../bind/type-loader.ts';
import type { AssemblyImage } from '../image/assembly-image.ts';
import { isEarlyBound, type MethodFacts, methodFacts, methodKind } from '../image/method-facts.ts';
import { callingConventionProblem } from './calling-convention.ts';
import { earlyBoundTarget, fatalCall, namedTarget } from './p-invoke-target.ts';

/** What a call of a P/Invoke does before it reaches native code, or instead of it. */
export type CallOutcome =
  | {
      readonly kind: 'native';
      readonly address: number;
      /** ImplFlags without PreserveSig: the native result is an HRESULT and the managed one a hidden argument. */
      readonly hresultSwapping?: true;
      /** The saved P/Invoke error is stored after the call. */
      readonly setLastError?: true;
      /** The target is GetLastError: the runtime answers with the error that it has saved. */
      readonly returnsSavedError?: true;
      /** The call ends at this symbol, which no provider has: nothing is behind it. */
      readonly unresolved?: string;
    }
  | { readonly kind: 'throws'; readonly exception: ClrException }
  | { readonly kind: 'fatal'; readonly hresult: number; readonly reason: string };

/** A P/Invoke of the image and where it leads. */
export interface BoundPInvoke {
  readonly token: number;
  readonly method: string;
  readonly kind: 'rva' | 'named' | 'internalCall';
  readonly rva?: number;
  /** Where the call goes, if anywhere. */
  readonly address?: number;
  /** How the address was found: `base + RVA`, with the import behind it where the code is a jump, or `module!name`. */
  readonly via: string;
  readonly callOutcome: CallOutcome;
  /** What the stub of the method does, or why there is none; planned when it is asked for. */
  readonly stub: ForwardCall | Unsupported;
}

/** A P/Invoke before anybody has asked for its stub. */
export type PInvokeBinding = Omit<BoundPInvoke, 'stub'>;

export interface PInvokeContext {
  readonly process: GuestProcess;
  readonly assembly: AssemblyImage;
  readonly types: TypeLoader;
  readonly module: MappedModule;
  readonly loadModule: ModuleLoader;
  /** The import whose slot an address is. */
  readonly importAt: (slot: number) => BoundImport | undefined;
  /** Conventions of this image's methods. */
  readonly calls: NativeCalls;
  readonly host: Host;
  /** Finds the value types of other assemblies. */
  readonly resolver: () => Resolver | undefined;
}

/** Every P/Invoke and internal call of the image, bound as its first call would bind it. */
export function bindPInvokes(context: PInvokeContext): BoundPInvoke[] {
  const { metadata } = context.assembly;
  const bound: BoundPInvoke[] = [];
  const { process, host, calls } = context;
  const forward = new ForwardCalls({ architecture: process.architecture, host, calls, resolver: context.resolver() });
  let rid = 0;
  for (const kind of methodCodeKinds(metadata)) {
    rid++;
    if (isNativeCode(kind)) bound.push(withStub(context, forward, attemptPInvoke(context, rid)));
  }
  return bound;
}

function withStub(context: PInvokeContext, forward: ForwardCalls, binding: PInvokeBinding): BoundPInvoke {
  let stub: ForwardCall | Unsupported | undefined;
  return {
    ...binding,
    get stub() {
      stub ??= stubOf(context, forward, binding);
      return stub;
    },
  };
}

/** The runtime makes the stub before it looks for the target: one that is not found has a stub all the same. */
function stubOf({ calls }: PInvokeContext, forward: ForwardCalls, { token, via, callOutcome }: PInvokeBinding): ForwardCall | Unsupported {
  if (via === NOWHERE && callOutcome.kind !== 'native') {
    return unsupported(callOutcome.kind === 'throws' ? callOutcome.exception.message : callOutcome.reason);
  }
  const method = token as MethodDefToken;
  const problem = callingConventionProblem(calls, method);
  if (problem) return unsupported(problem.message);
  const returnsSavedError = callOutcome.kind === 'native' && callOutcome.returnsSavedError === true;
  return forward.of(method, { target: via, returnsSavedError });
}

/** The `via` of a method that is not bound to anything. */
const NOWHERE = 'nothing';

/** Metadata that cannot be read fails the call, not the load. */
function attemptPInvoke(context: PInvokeContext, rid: number): PInvokeBinding {
  const token = makeToken(TableId.MethodDef, rid);
  const { metadata } = context.assembly;
  try {
    return bindPInvoke(context, methodFacts(metadata, rid, tokenRid(metadata.declaringType(token)) === 1));
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    return {
      token,
      method: hex(token, 8),
      kind: 'named',
      via: NOWHERE,
      callOutcome: { kind: 'throws', exception: badImageFormat(error.message) },
    };
  }
}

function bindPInvoke(context: PInvokeContext, facts: MethodFacts): PInvokeBinding {
  const method = methodFullName(context.assembly.metadata, facts.token);
  const common = { token: facts.token, method };
  if (methodKind(facts) === 'fcall') {
    return { ...common, kind: 'internalCall', via: 'runtime', callOutcome: fatalCall('The runtime has no such internal call') };
  }
  const rva = facts.rva === 0 ? {} : { rva: facts.rva };
  const problem = typeProblem(context, facts);
  if (problem)
    return {
      ...common,
      kind: facts.rva === 0 ? 'named' : 'rva',
      ...rva,
      via: NOWHERE,
      callOutcome: { kind: 'throws', exception: problem },
    };
  if (isEarlyBound(facts)) return { ...common, kind: 'rva', ...rva, ...earlyBoundTarget(context, facts) };
  if (!facts.hasImplMap)
    return {
      ...common,
      kind: 'rva',
      ...rva,
      via: NOWHERE,
      callOutcome: fatalCall('The method has an RVA and is not native and unmanaged'),
    };
  return { ...common, kind: 'named', ...rva, ...namedTarget(context, facts) };
}

/** A method whose type does not load cannot be called, whatever it is bound to. */
function typeProblem({ assembly, types }: PInvokeContext, facts: MethodFacts): ClrException | undefined {
  const type = assembly.metadata.declaringType(facts.token);
  return tokenRid(type) === 0 ? undefined : types.load(type)?.exception;
}
