import { BadImageError, hex } from '@ijw/binary';
import { type ForwardCall, ForwardCalls, isNativeCode, type Unsupported, unsupported } from '@ijw/marshalling';
import { type MethodDefToken, makeToken, methodCodeKinds, methodFullName, platformInvokeOf, TableId, tokenRid } from '@ijw/metadata';
import { badImageFormat } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import { isEarlyBound, type MethodFacts, methodFacts, methodKind } from '../image/method-facts.ts';
import type { BoundPInvoke, CallOutcome, PInvokeBinding, PInvokeContext } from './bound-p-invoke.ts';
import { callingConventionProblem } from './calling-convention.ts';
import { earlyBoundTarget, fatalCall, namedTarget } from './p-invoke-target.ts';

/** Every P/Invoke and internal call of the image, bound as its first call would bind it. */
export function bindPInvokes(context: PInvokeContext): BoundPInvoke[] {
  const { metadata } = context.assembly;
  const bound: BoundPInvoke[] = [];
  const { process, host, calls } = context;
  const forward = new ForwardCalls({ architecture: process.architecture, host, calls, resolver: context.resolver() });
  const stubs = new Stubs(context, forward);
  let rid = 0;
  for (const kind of methodCodeKinds(metadata)) {
    rid++;
    if (isNativeCode(kind)) bound.push(new PlannedPInvoke(stubs, attemptPInvoke(context, rid)));
  }
  return bound;
}

/** Stubs of one image. Only the last one is kept, so that a document of all stubs holds one at a time. */
class Stubs {
  readonly #context: PInvokeContext;
  readonly #forward: ForwardCalls;
  #last: { readonly token: number; readonly stub: ForwardCall | Unsupported } | undefined;

  constructor(context: PInvokeContext, forward: ForwardCalls) {
    this.#context = context;
    this.#forward = forward;
  }

  of(binding: PInvokeBinding): ForwardCall | Unsupported {
    const { token } = binding;
    if (this.#last?.token !== token) this.#last = { token, stub: stubOf(this.#context, this.#forward, binding) };
    return this.#last.stub;
  }
}

class PlannedPInvoke implements BoundPInvoke {
  readonly #stubs: Stubs;
  readonly token: number;
  readonly method: string;
  readonly kind: BoundPInvoke['kind'];
  declare readonly rva?: number;
  declare readonly address?: number;
  readonly via: string;
  readonly callOutcome: CallOutcome;

  constructor(stubs: Stubs, { token, method, kind, rva, address, via, callOutcome }: PInvokeBinding) {
    this.#stubs = stubs;
    this.token = token;
    this.method = method;
    this.kind = kind;
    if (rva !== undefined) this.rva = rva;
    if (address !== undefined) this.address = address;
    this.via = via;
    this.callOutcome = callOutcome;
  }

  get stub(): ForwardCall | Unsupported {
    return this.#stubs.of(this);
  }
}

/** The runtime makes the stub before it looks for the target: a method without a target has a stub too. */
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
  const mapping = facts.hasImplMap ? platformInvokeOf(context.assembly.metadata, facts.token) : undefined;
  if (mapping === undefined)
    return {
      ...common,
      kind: 'rva',
      ...rva,
      via: NOWHERE,
      callOutcome: fatalCall('The method has an RVA and is not native and unmanaged'),
    };
  return { ...common, kind: 'named', ...rva, ...namedTarget(context, facts, mapping) };
}

/** A method whose type does not load cannot be called, whatever it is bound to. */
function typeProblem({ assembly, types }: PInvokeContext, facts: MethodFacts): ClrException | undefined {
  const type = assembly.metadata.declaringType(facts.token);
  return tokenRid(type) === 0 ? undefined : types.load(type)?.exception;
}
