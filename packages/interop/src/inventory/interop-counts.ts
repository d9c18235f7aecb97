import { MethodAttributes, MethodImplAttributes } from '@ijw/metadata';
import { nativeTypeName } from '@ijw/metadata/marshalling';
import type { ConventionUse, InteropInventory } from './interop-inventory.ts';

/** The inventory in numbers, for JSON and for a summary. */
export interface InteropCounts {
  /** By convention, modifiers after `+`: `cdecl+CallConvCdecl`, `unmanaged+CallConvSuppressGCTransition`. */
  readonly functionPointers: Readonly<Record<string, number>>;
  readonly callSignatures: Readonly<Record<string, number>>;
  /** Where the code is, convention, modifiers: `il managed`, `native managed+CallConvCdecl`. */
  readonly methodConventions: Readonly<Record<string, number>>;
  readonly unmanagedCalls: number;
  readonly modifiers: Readonly<Record<string, number>>;
  readonly unmanagedCallersOnly: number;
  /** By convention; `default` where none is named. */
  readonly unmanagedCallersOnlyConventions: Readonly<Record<string, number>>;
  readonly unmanagedCallersOnlyEntryPoints: number;
  readonly suppressGCTransition: number;
  readonly libraryImports: number;
  readonly comWrappers: number;
  readonly comWrappersRegistrations: number;
  readonly generatedComInterfaces: number;
  readonly generatedComClasses: number;
  readonly comImports: number;
  readonly dynamicCalls: number;
  readonly dynamicInterfaceCastable: number;
  readonly castableImplementations: number;
  readonly genericArguments: number;
  readonly runtimeMarshallingDisabled: boolean;
  /** `unmapped`: the internal calls that are marked PInvokeImpl. */
  readonly platformInvokes: Readonly<Record<'named' | 'rva' | 'internalCall' | 'unmapped', number>>;
  /** Methods bound by name whose result is taken for an HRESULT. */
  readonly preserveSigOff: number;
  readonly marshalledFields: Readonly<Record<string, number>>;
  readonly layouts: InteropInventory['layouts'];
  readonly attributes: InteropInventory['attributes'];
  readonly windowsRuntime: {
    readonly isWinmd: boolean;
    readonly types: number;
    readonly references: number;
    readonly projected: number;
    readonly projections: number;
  };
}

function countsOf<T>(items: Iterable<T>, keyOf: (item: T) => string, amount: (item: T) => number = () => 1): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + amount(item));
  return Object.fromEntries(counts);
}

const byConvention = (uses: readonly ConventionUse[]): Record<string, number> =>
  countsOf(
    uses,
    ({ convention, modifiers }) => [convention, ...modifiers].join('+'),
    ({ count }) => count,
  );

/** The numbers of an inventory. */
export function interopCounts(inventory: InteropInventory): InteropCounts {
  const { unmanagedCallersOnly: entries, platformInvokes, windowsRuntime } = inventory;
  const unmapped = platformInvokes.filter(({ kind, flags }) => kind === 'internalCall' && (flags & MethodAttributes.PInvokeImpl) !== 0);
  const ofKind = (kind: string): number => platformInvokes.filter((method) => method.kind === kind).length;
  return {
    functionPointers: byConvention(inventory.functionPointers),
    callSignatures: byConvention(inventory.callSignatures),
    methodConventions: countsOf(
      inventory.methodConventions,
      ({ code, convention, modifiers }) => `${code} ${[convention, ...modifiers].join('+')}`,
      ({ count }) => count,
    ),
    unmanagedCalls: inventory.unmanagedCalls.length,
    modifiers: Object.fromEntries(inventory.modifiers),
    unmanagedCallersOnly: entries.length,
    unmanagedCallersOnlyConventions: countsOf(
      entries.flatMap(({ conventions }) => (conventions.length === 0 ? ['default'] : conventions)),
      (name) => name,
    ),
    unmanagedCallersOnlyEntryPoints: entries.filter(({ entryPoint }) => entryPoint !== undefined).length,
    suppressGCTransition: inventory.suppressGCTransition.length,
    libraryImports: inventory.libraryImports.length,
    comWrappers: inventory.comWrappers.length,
    comWrappersRegistrations: inventory.comWrappersRegistrations.length,
    generatedComInterfaces: inventory.generatedComInterfaces.length,
    generatedComClasses: inventory.generatedComClasses.length,
    comImports: inventory.comImports.length,
    dynamicCalls: inventory.dynamicCalls.length,
    dynamicInterfaceCastable: inventory.dynamicInterfaceCastable.length,
    castableImplementations: inventory.castableImplementations.length,
    genericArguments: inventory.genericArguments.length,
    runtimeMarshallingDisabled: inventory.runtimeMarshallingDisabled,
    platformInvokes: { named: ofKind('named'), rva: ofKind('rva'), internalCall: ofKind('internalCall'), unmapped: unmapped.length },
    preserveSigOff: platformInvokes.filter(
      ({ kind, implFlags }) => kind === 'named' && (implFlags & MethodImplAttributes.PreserveSig) === 0,
    ).length,
    marshalledFields: countsOf(inventory.marshalledFields, ({ descriptor }) => nativeTypeText(descriptor)),
    layouts: inventory.layouts,
    attributes: inventory.attributes,
    windowsRuntime: {
      isWinmd: windowsRuntime.isWinmd,
      types: windowsRuntime.types.length,
      references: windowsRuntime.references.length,
      projected: windowsRuntime.projected.length,
      projections: windowsRuntime.projections.length,
    },
  };
}

const KIND_NAMES: Readonly<Record<string, string>> = {
  fixedSystemString: 'fixedSysString',
  fixedArray: 'fixedArray',
  safeArray: 'safeArray',
  array: 'array',
  customMarshaler: 'customMarshaler',
};

function nativeTypeText(descriptor: InteropInventory['marshalledFields'][number]['descriptor']): string {
  if (!('nativeType' in descriptor)) return KIND_NAMES[descriptor.kind] ?? descriptor.kind;
  return nativeTypeName(descriptor.nativeType) ?? String(descriptor.nativeType);
}
