import { hex, lazyList } from '@ijw/binary';
import { demangle } from '@ijw/demangle';
import { conventionProblems, type EffectiveConvention, type MarshallingCause, type RefusalRule } from '@ijw/marshalling';
import type { Boundary, ExportJumpEntry } from '../boundary.ts';
import type { ImportedFunction } from '../code/imported-function.ts';
import type { CppCliData } from '../cppcli/cpp-cli-data.ts';
import type { MappedField } from '../cppcli/mapped-field.ts';
import type { SlotField } from '../cppcli/slot-fields.ts';
import type { ManagedToNative, NativeToManaged } from '../crossing.ts';
import { exportText } from '../entries/image-export.ts';
import { grouped } from '../grouped.ts';
import type { NativeCaller } from '../transfers/native-callers.ts';
import type { Stub } from '../transfers/stub.ts';

const fieldJson = ({ token, name, rva, size, zeroFilled, value }: MappedField) => ({
  token,
  name,
  rva,
  ...(size !== undefined && { size }),
  ...(zeroFilled && { zeroFilled }),
  ...(value.kind !== 'static' && { value }),
});

/** C++/CLI's data for the JSON of the boundary; `undefined` where a compiler of another language left nothing of the kind. */
function cppCliJson({ fields, startupLists, sizedTypes }: CppCliData) {
  if (!fields.some(({ value }) => value.kind !== 'static')) return undefined;
  return {
    fields: fields.map(fieldJson),
    startupLists: startupLists.map(({ name, purpose, start, end, entries }) => ({ name, purpose, start, end, entries })),
    arrayTypes: sizedTypes.filter(({ isArray }) => isArray).map(({ token, name, size }) => ({ token, name, size })),
  };
}

/** An imported function; `demangled` where its name is decorated. */
function importJson({ module, name, ordinal, iatRva, delayed }: ImportedFunction) {
  const text = name === undefined ? undefined : demangle(name);
  return {
    kind: 'import' as const,
    module,
    ...(name !== undefined && { name }),
    ...(ordinal !== undefined && { ordinal }),
    ...(text?.ok && text.text !== name && { demangled: text.text }),
    iatRva,
    ...(delayed && { delayed }),
  };
}

function targetJson({ target }: Stub) {
  switch (target.kind) {
    case 'import':
      return importJson(target.function);
    case 'slot':
      return { kind: 'slot' as const, rva: target.slotRva };
    case 'pointer':
      return { kind: 'pointer' as const, rva: target.pointerRva };
    case 'body':
      return { kind: 'body' as const, rva: target.rva, symbol: target.symbol };
    default:
      return { kind: target.kind, rva: target.rva };
  }
}

const stubJson = (stub: Stub) => ({ rva: stub.rva, hops: stub.hops.map(({ text }) => text), target: targetJson(stub) });

// What is absent is `undefined`, which JSON leaves out: so the objects of a list have one shape, and cost less than with parts that are spread into some of them.

const conventionJson = ({ convention, source, vararg, memberFunction, suppressGCTransition, problem }: EffectiveConvention) => ({
  convention,
  conventionSource: source,
  vararg: vararg || undefined,
  memberFunction: memberFunction || undefined,
  suppressGCTransition: suppressGCTransition || undefined,
  conventionProblem: problem,
  conventionMessage: problem && conventionProblems[problem],
});

/** The causes of methods that have one signature are one list. */
const causesJson = (causes: readonly MarshallingCause[]) => (causes.length > 0 ? causes : undefined);

const hopsJson = (stub: Stub | undefined) => stub?.hops.map(({ text }) => text);

const refusalJson = ({ name, when, hresult, message }: RefusalRule) => ({ rule: name, when, hresult, message });

function managedToNativeJson(call: ManagedToNative) {
  const { token, method, signature, kind, rva, convention, setLastError, implMap, stub, refusal, marshallingCauses } = call;
  return {
    token,
    method,
    signature,
    kind,
    rva: kind === 'rva' ? rva : undefined,
    ...conventionJson(convention),
    setLastError,
    marshallingRequired: marshallingCauses.length > 0,
    marshallingCauses: causesJson(marshallingCauses),
    implMap,
    target: stub && targetJson(stub),
    hops: hopsJson(stub),
    replacedGetLastError: call.replacedGetLastError || undefined,
    refusal: refusal && refusalJson(refusal),
  };
}

/** The entry in `.nep` and its two jumps. */
const nepJson = (entries: NativeToManaged['nepEntries']) =>
  entries.length > 0 ? entries.map(({ rva, nativeJump, managedJump }) => ({ rva, nativeJump, managedJump })) : undefined;

const fieldsJson = (fields: readonly SlotField[] | undefined) => fields?.map(({ kind, token, name, rva }) => ({ kind, token, name, rva }));

function slotJson({ slot, content, token, method, stubs, nepEntries, exports }: NativeToManaged, fields: readonly SlotField[] | undefined) {
  const holdsToken = content.kind === 'token';
  return {
    rva: slot.rva,
    token,
    method,
    stubs: stubs.map(({ rva }) => rva),
    nep: nepJson(nepEntries),
    exports: exports.map(exportText),
    fields: fieldsJson(fields),
    relocated: slot.relocated || undefined,
    holds: holdsToken ? undefined : content.kind,
    address: holdsToken ? undefined : hex(content.address),
  };
}

function nativeToManagedJson(entry: NativeToManaged, callers: readonly NativeCaller[], fields: readonly SlotField[] | undefined) {
  const { slot, token, method, signature, convention, managedConvention, marshallingCauses, stubs, calls, exports } = entry;
  return {
    token,
    method,
    signature,
    slotRva: slot.rva,
    fixupType: slot.fixup.type,
    ...(convention && conventionJson(convention)),
    managedConvention: managedConvention || undefined,
    marshallingRequired: marshallingCauses.length > 0,
    marshallingCauses: causesJson(marshallingCauses),
    stubs: stubs.map(({ rva }) => rva),
    nep: nepJson(entry.nepEntries),
    exports: exports.map(exportText),
    fields: fieldsJson(fields),
    calls: calls.length > 0 ? calls.map(({ rva }) => rva) : undefined,
    callers: callers.length > 0 ? callers.map(({ kind, rva }) => ({ kind, rva })) : undefined,
  };
}

const exportJumpJson = ({ rva, slotRva, reserved, exports, entry }: ExportJumpEntry) => ({
  rva,
  slotRva,
  ...(reserved !== 0 && { reserved }),
  ...(entry && { token: entry.token }),
  ...(entry?.method !== undefined && { method: entry.method }),
  exports: exports.map(exportText),
});

/**
 * The boundary as `ijw boundary --json` prints it, but for `file` and `diagnostics`. Items of the lists of slots and methods are made when they are read.
 * @throws BadImageError
 */
export function boundaryJson(boundary: Boundary) {
  const { entryPoints, cppCliData, exportJumps, slotFields } = boundary;
  const callers = grouped(boundary.nativeCallers, ({ slotRva }) => slotRva);
  const cppCli = cppCliData && cppCliJson(cppCliData);
  return {
    fixups: boundary.fixupEntries.map(({ fixup: { rva, count, type }, entries }) => ({
      rva,
      count,
      type,
      slots: lazyList(entries, (entry) => slotJson(entry, slotFields.get(entry.slot.rva))),
    })),
    managedToNative: lazyList(boundary.managedToNative, managedToNativeJson),
    nativeToManaged: lazyList(boundary.nativeToManaged, (entry) =>
      nativeToManagedJson(entry, callers.get(entry.slot.rva) ?? [], slotFields.get(entry.slot.rva)),
    ),
    unmanagedCallersOnly: boundary.unmanagedCallersOnly.map(({ token, method, signature, entryPoint, convention }) => ({
      token,
      method,
      signature,
      ...(entryPoint !== undefined && { entryPoint }),
      ...conventionJson(convention),
    })),
    exports: boundary.exports.map(({ name, ordinal, rva, stub }) => ({
      ...(name !== undefined && { name }),
      ordinal,
      rva,
      ...(stub !== undefined && { hops: stub.hops.map(({ text }) => text), target: targetJson(stub) }),
    })),
    ...(exportJumps.length > 0 && { exportJumps: exportJumps.map(exportJumpJson) }),
    entryPoints: {
      ...(entryPoints.image && { image: stubJson(entryPoints.image) }),
      ...(entryPoints.native && { native: stubJson(entryPoints.native) }),
      ...(entryPoints.token !== undefined && { token: entryPoints.token }),
    },
    ...(cppCli !== undefined && { cppCli }),
  };
}

export type BoundaryJson = ReturnType<typeof boundaryJson>;
