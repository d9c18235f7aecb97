import { type InteropCounts, interopCounts } from './interop-counts.ts';
import type { InteropInventory } from './interop-inventory.ts';

/** Lists of an inventory as they are; P/Invokes, which another part of a document has, and lists that are read as numbers are left to the counts. */
export type InteropLists = Pick<
  InteropInventory,
  | 'unmanagedCalls'
  | 'unmanagedCallersOnly'
  | 'suppressGCTransition'
  | 'libraryImports'
  | 'comWrappers'
  | 'comWrappersRegistrations'
  | 'generatedComInterfaces'
  | 'generatedComClasses'
  | 'comImports'
  | 'dynamicCalls'
  | 'dynamicInterfaceCastable'
  | 'castableImplementations'
  | 'genericArguments'
> & { readonly windowsRuntime: Omit<InteropInventory['windowsRuntime'], 'isWinmd'> };

export interface InteropJson {
  readonly counts: InteropCounts;
  readonly lists: InteropLists;
}

/** The inventory as a document. */
export function interopJson(inventory: InteropInventory): InteropJson {
  const { types, references, projected, projections } = inventory.windowsRuntime;
  return {
    counts: interopCounts(inventory),
    lists: {
      unmanagedCalls: inventory.unmanagedCalls,
      unmanagedCallersOnly: inventory.unmanagedCallersOnly,
      suppressGCTransition: inventory.suppressGCTransition,
      libraryImports: inventory.libraryImports,
      comWrappers: inventory.comWrappers,
      comWrappersRegistrations: inventory.comWrappersRegistrations,
      generatedComInterfaces: inventory.generatedComInterfaces,
      generatedComClasses: inventory.generatedComClasses,
      comImports: inventory.comImports,
      dynamicCalls: inventory.dynamicCalls,
      dynamicInterfaceCastable: inventory.dynamicInterfaceCastable,
      castableImplementations: inventory.castableImplementations,
      genericArguments: inventory.genericArguments,
      windowsRuntime: { types, references, projected, projections },
    },
  };
}
