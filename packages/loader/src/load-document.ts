import { hex, hexBytes, type LazyList, lazyList, Repeated } from '@ijw/binary';
import { abiSize, type CrossingParameter, type ForwardCall, forwardCallText, reverseCallText } from '@ijw/marshalling';
import type { BoundPInvoke } from './clr/calls/bound-p-invoke.ts';
import type { CallResult } from './clr/calls/call-result.ts';
import type { LoadOutcome } from './load-outcome.ts';
import type { SlotState, SlotWord, ThunkStub } from './slot-state.ts';

/** The JSON of `ijw load`: keys and units as the command line promises them. An absent thing has no key. */
export interface LoadDocument {
  readonly outcome: 'loaded' | 'refused';
  /** Absent where it is not known of the runtime. */
  readonly hresult?: number;
  /** The codes of the observed runtime, if those of this runtime are unknown. */
  readonly observed?: object;
  readonly reason?: string;
  readonly rule?: string;
  readonly place?: object;
  readonly exception?: object;
  readonly fatal?: true;
  readonly host: string;
  readonly runtime: string;
  readonly architecture: string;
  readonly nativeFirst: boolean;
  readonly assembly?: string;
  /** Present while the image is mapped. */
  readonly base?: number;
  readonly size?: number;
  readonly mapped: boolean;
  readonly slots: readonly object[];
  /** Made while they are read: an image may have hundreds of thousands of them, each with a stub. */
  readonly pinvokes: LazyList<object>;
  readonly imports: readonly object[];
  readonly events: readonly object[];
}

/** The outcome of a load as a document that can be written as JSON: no bigint, no bytes. P/Invokes are read from the module when they are written. */
export function loadDocument(outcome: LoadOutcome): LoadDocument {
  const { module } = outcome;
  // Reading the slots below makes stubs, which add events that are not part of the load.
  const events = [...outcome.events];
  const mapped = module?.mapped ?? false;
  return {
    outcome: outcome.outcome,
    ...(outcome.hresult !== undefined && { hresult: outcome.hresult }),
    ...(outcome.outcome === 'refused' && refusalKeys(outcome)),
    host: outcome.host,
    runtime: outcome.runtime,
    architecture: outcome.architecture,
    nativeFirst: outcome.nativeFirst,
    ...(module?.assemblyName !== undefined && { assembly: module.assemblyName }),
    mapped,
    ...(module && mapped && { base: module.base, size: module.size }),
    slots: module?.slots.map(slotDocument) ?? [],
    pinvokes: lazyList(module?.pinvokes ?? [], pinvokeDocument),
    imports: module?.imports.map(({ hint: _hint, ...entry }) => entry) ?? [],
    events,
  };
}

/** The result of a call, as JSON. Values that managed code returns are not part of it. */
export function callDocument(call: CallResult): object {
  if (call.kind !== 'returned') return call;
  const { kind, token, method } = call;
  return { kind, token, method };
}

const refusalKeys = ({ reason, rule, place, exception, observed, fatal }: Extract<LoadOutcome, { outcome: 'refused' }>) => ({
  reason,
  rule,
  ...(place && { place }),
  ...(exception && { exception }),
  ...(observed && { observed }),
  ...(fatal && { fatal }),
});

/** A number that JSON cannot hold exactly is written as digits. */
const integer = (value: SlotWord): number | string => (typeof value === 'number' ? value : hex(value));

function slotDocument({ rva, token, method, type, before, after, content }: SlotState): object {
  return {
    rva,
    token,
    ...(method !== '' && { method }),
    type,
    before: integer(before),
    after: integer(after),
    ...(content.kind !== 'raw' && {
      thunk: {
        address: content.address,
        size: content.size,
        bytes: hexBytes(content.bytes),
        kind: content.kind,
        ...(content.kind === 'reverse' && content.stub && { stub: stubDocument(content.stub) }),
      },
    }),
  };
}

/** The marshalling code and its steps, or why the method has none. */
const stubDocument = (stub: ThunkStub): object =>
  stub.kind === 'stub'
    ? {
        address: stub.address,
        size: stub.size,
        bytes: hexBytes(stub.bytes),
        ...(stub.unwindBytes && { unwind: hexBytes(stub.unwindBytes) }),
        steps: reverseCallText(stub.plan),
      }
    : { reason: stub.reason };

const valueDocument = ({ managed, nativeText, abi, blittable, because }: CrossingParameter) => ({
  managed,
  native: nativeText,
  bytes: abiSize(abi),
  blittable,
  why: because,
});

/** What crosses, as documents. */
const valueDocuments = (stub: ForwardCall): { readonly arguments: object; readonly result: object | undefined } => ({
  arguments: stub.arguments.map((argument) =>
    argument.kind === 'lcid' ? { kind: 'lcid', bytes: 4 } : { kind: argument.kind, ...valueDocument(argument.value) },
  ),
  result: stub.result.abi.kind === 'void' ? undefined : valueDocument(stub.result),
});

const formDocuments = new WeakMap<object, ReturnType<typeof valueDocuments>>();

/** Calls of one form have the same documents: names are not part of them. */
function sharedDocuments(stub: ForwardCall): ReturnType<typeof valueDocuments> {
  if (stub.form === undefined) return valueDocuments(stub);
  const known = formDocuments.get(stub.form);
  if (known !== undefined) return known;
  const { arguments: values, result } = valueDocuments(stub);
  const documents = { arguments: new Repeated(values), result: result && new Repeated(result) };
  formDocuments.set(stub.form, documents);
  return documents;
}

/** The steps of a P/Invoke's stub, and its inputs. What is absent is `undefined`, which JSON leaves out. */
const forwardDocument = (stub: ForwardCall, { arguments: values, result } = sharedDocuments(stub)): object => ({
  steps: forwardCallText(stub),
  convention: stub.convention.convention,
  ...stub.text,
  setLastError: stub.setLastError,
  hresultSwapping: stub.hresultSwapping,
  marshallingRequired: stub.causes.length > 0,
  marshallingCauses: stub.causes.length > 0 ? stub.causes : undefined,
  arguments: values,
  result,
  stackBytes: stub.placement.stackBytes,
});

const pinvokeDocument = ({ token, method, kind, rva, address, via, callOutcome, stub }: BoundPInvoke): object => ({
  token,
  method,
  kind,
  rva,
  address,
  via,
  callOutcome,
  stub: stub.kind === 'plan' ? forwardDocument(stub) : { reason: stub.reason },
});
