import type { Host } from '../architecture.ts';

/** What a load goes through. Each state is entered once, in the order of the host's list; a refusal ends the load in the state before. */
export type StartUpState =
  /** The Windows loader maps the image and calls its entry point, from where the host's `_CorDllMain` takes over. */
  | 'osLoad'
  /** The runtime is there: it was before, or the first bootstrap thunk or mscoree has started it. */
  | 'startRuntime'
  | 'refuseReflectionOnly'
  | 'checkFormat'
  | 'bindAssembly'
  /** Contexts that no mixed image may be in. */
  | 'checkContext'
  /** A mixed image must have come through the Windows loader. */
  | 'requireModule'
  | 'eagerFixups'
  | 'deliverEvents'
  | 'fixUpVTables'
  | 'bindPInvokes'
  | 'loaded'
  /** `<Module>::.cctor`. On .NET Core only the first use of the assembly leads here. */
  | 'activate'
  /** A managed DllMain, which .NET Framework runs and .NET does not. */
  | 'managedEntryPoint';

/** How a load begins: a managed caller asks for the assembly, a native one calls LoadLibrary, native code calls through a bootstrap thunk, or a managed caller only wants to look at the metadata. */
export type StartUpPath = 'managed' | 'native' | 'firstCall' | 'reflectionOnly';

/**
 * The start-up sequences (vm/assembly.cpp `DoIncrementalLoad`, vm/peimage.cpp, ijwhost.cpp, and the .NET Framework's ceemain.cpp). The Framework fixes
 * slots before it delivers events and runs the module constructor from `_CorDllMain`; .NET Core does neither.
 */
export const START_UP: Readonly<Record<Host, Readonly<Record<StartUpPath, readonly StartUpState[]>>>> = {
  core: {
    managed: [
      'startRuntime',
      'osLoad',
      'checkFormat',
      'bindAssembly',
      'checkContext',
      'requireModule',
      'eagerFixups',
      'deliverEvents',
      'fixUpVTables',
      'bindPInvokes',
      'loaded',
    ],
    native: ['osLoad'],
    reflectionOnly: ['startRuntime', 'refuseReflectionOnly'],
    firstCall: [
      'startRuntime',
      'checkFormat',
      'bindAssembly',
      'checkContext',
      'requireModule',
      'eagerFixups',
      'deliverEvents',
      'fixUpVTables',
      'bindPInvokes',
      'loaded',
    ],
  },
  framework: {
    managed: [
      'startRuntime',
      'osLoad',
      'checkFormat',
      'bindAssembly',
      'checkContext',
      'requireModule',
      'eagerFixups',
      'fixUpVTables',
      'deliverEvents',
      'bindPInvokes',
      'loaded',
      'activate',
      'managedEntryPoint',
    ],
    native: ['osLoad'],
    reflectionOnly: ['startRuntime', 'checkFormat', 'bindAssembly', 'loaded'],
    firstCall: [
      'startRuntime',
      'checkFormat',
      'bindAssembly',
      'checkContext',
      'requireModule',
      'eagerFixups',
      'fixUpVTables',
      'deliverEvents',
      'bindPInvokes',
      'loaded',
      'activate',
      'managedEntryPoint',
    ],
  },
};
