import { hex } from '@ijw/binary';
import { demangle } from '@ijw/demangle';
import { conventionProblems, type EffectiveConvention, type MarshallingCause } from '@ijw/marshalling';
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
    default:
      return { kind: target.kind, rva: target.rva };
  }
}

const stubJson = (stub: Stub) => ({ rva: stub.rva, hops: stub.hops.map(({ text }) => text), target: targetJson(stub) });

const conventionJson = ({ convention, source, vararg, memberFunction, suppressGCTransition, problem }: EffectiveConvention) => ({
  convention,
  conventionSource: source,
  ...(vararg && { vararg }),
  ...(memberFunction && { memberFunction }),
  ...(suppressGCTransition && { suppressGCTransition }),
  ...(problem !== undefined && { conventionProblem: problem, conventionMessage: conventionProblems[problem] }),
});

const causesJson = (causes: readonly MarshallingCause[]) => ({
  marshallingRequired: causes.length > 0,
  ...(causes.length > 0 && { marshallingCauses: causes }),
});

function managedToNativeJson(call: ManagedToNative) {
  const { token, method, signature, kind, rva, convention, setLastError, implMap, stub, refusal } = call;
  return {
    token,
    method,
    signature,
    kind,
    ...(kind === 'rva' && { rva }),
    ...conventionJson(convention),
    setLastError,
    ...causesJson(call.marshallingCauses),
    ...(implMap !== undefined && { implMap }),
    ...(stub !== undefined && { target: targetJson(stub), hops: stub.hops.map(({ text }) => text) }),
    ...(call.replacedGetLastError && { replacedGetLastError: true }),
    ...(refusal !== undefined && {
      refusal: { rule: refusal.name, when: refusal.when, hresult: refusal.hresult, message: refusal.message },
    }),
  };
}

/** The entry in `.nep` and its two jumps. */
const nepJson = (entries: NativeToManaged['nepEntries']) =>
  entries.length > 0 && { nep: entries.map(({ rva, nativeJump, managedJump }) => ({ rva, nativeJump, managedJump })) };

const fieldsJson = (fields: readonly SlotField[] | undefined) =>
  fields !== undefined && { fields: fields.map(({ kind, token, name, rva }) => ({ kind, token, name, rva })) };

function slotJson({ slot, content, token, method, stubs, nepEntries, exports }: NativeToManaged, fields: readonly SlotField[] | undefined) {
  return {
    rva: slot.rva,
    token,
    ...(method !== undefined && { method }),
    stubs: stubs.map(({ rva }) => rva),
    ...nepJson(nepEntries),
    exports: exports.map(exportText),
    ...fieldsJson(fields),
    ...(slot.relocated && { relocated: true }),
    ...(content.kind !== 'token' && { holds: content.kind, address: hex(content.address) }),
  };
}

function nativeToManagedJson(entry: NativeToManaged, callers: readonly NativeCaller[], fields: readonly SlotField[] | undefined) {
  const { slot, token, method, signature, convention, managedConvention, stubs, calls, exports } = entry;
  return {
    token,
    ...(method !== undefined && { method }),
    ...(signature !== undefined && { signature }),
    slotRva: slot.rva,
    fixupType: slot.fixup.type,
    ...(convention !== undefined && conventionJson(convention)),
    ...(managedConvention && { managedConvention }),
    ...causesJson(entry.marshallingCauses),
    stubs: stubs.map(({ rva }) => rva),
    ...nepJson(entry.nepEntries),
    exports: exports.map(exportText),
    ...fieldsJson(fields),
    ...(calls.length > 0 && { calls: calls.map(({ rva }) => rva) }),
    ...(callers.length > 0 && { callers: callers.map(({ kind, rva }) => ({ kind, rva })) }),
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

/** The boundary as `ijw boundary --json` prints it, but for `file` and `diagnostics`. @throws BadImageError */
export function boundaryJson(boundary: Boundary) {
  const { entryPoints, cppCliData, exportJumps, slotFields } = boundary;
  const callers = grouped(boundary.nativeCallers, ({ slotRva }) => slotRva);
  const cppCli = cppCliData && cppCliJson(cppCliData);
  return {
    fixups: boundary.fixupEntries.map(({ fixup: { rva, count, type }, entries }) => ({
      rva,
      count,
      type,
      slots: entries.map((entry) => slotJson(entry, slotFields.get(entry.slot.rva))),
    })),
    managedToNative: boundary.managedToNative.map(managedToNativeJson),
    nativeToManaged: boundary.nativeToManaged.map((entry) =>
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
