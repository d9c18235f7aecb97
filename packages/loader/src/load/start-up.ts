import type { Host } from './host.ts';

/** Before the image is read: whether a module and a runtime exist. */
export type OpenState =
  /** The Windows loader maps the image and calls its entry point, from where the host's `_CorDllMain` takes over. */
  | 'osLoad'
  /** The runtime runs: it ran before, or the first bootstrap thunk or mscoree has started it. */
  | 'startRuntime'
  | 'refuseReflectionOnly';

/** Before the slots are fixed up. */
export type BoundState =
  /** Contexts that no mixed image may be in. */
  | 'checkContext'
  /** A mixed image must have come through the Windows loader. */
  | 'requireModule'
  | 'eagerFixups'
  | 'deliverEvents';

/** After the slots are fixed up. */
export type FixedState = 'deliverEvents' | 'bindPInvokes';

export type LoadedState =
  /** `<Module>::.cctor`. On .NET Core only the first use of the assembly leads here. */
  | 'activate'
  /** A managed DllMain, which .NET Framework runs and .NET does not. */
  | 'managedEntryPoint'
  /** The program's managed or native entry point. */
  | 'runProgram';

/** The states of a load. Each state is entered once; a refusal ends the load in the previous state. */
export type StartUpState = OpenState | 'checkFormat' | 'bindAssembly' | BoundState | 'fixUpVTables' | FixedState | 'loaded' | LoadedState;

/** The start of a load: a managed caller asks for the assembly, a native one calls LoadLibrary, native code calls through a bootstrap thunk, a managed caller reads only the metadata, or the image is the program of the process. */
export type StartUpPath = 'managed' | 'native' | 'firstCall' | 'reflectionOnly' | 'program';

/** The states of one path, in their order. */
export interface StartUpSequence {
  readonly open: readonly OpenState[];
  /** Absent: the path makes no assembly. */
  readonly assembly?: AssemblySequence;
}

/** The stages of an assembly: `checkFormat` and `bindAssembly`, `bound`, `fixUpVTables` and `fixed`, then `loaded` and the later stages. */
export interface AssemblySequence {
  readonly bound: readonly BoundState[];
  /** Absent: the slots are left alone. */
  readonly fixed?: readonly FixedState[];
  readonly loaded: readonly LoadedState[];
}

const CORE: AssemblySequence = {
  bound: ['checkContext', 'requireModule', 'eagerFixups', 'deliverEvents'],
  fixed: ['bindPInvokes'],
  loaded: [],
};

const FRAMEWORK: AssemblySequence = {
  bound: ['checkContext', 'requireModule', 'eagerFixups'],
  fixed: ['deliverEvents', 'bindPInvokes'],
  loaded: ['activate', 'managedEntryPoint'],
};

/**
 * The start-up sequences (vm/assembly.cpp `DoIncrementalLoad`, vm/peimage.cpp, ijwhost.cpp, and the .NET Framework's ceemain.cpp). The Framework fixes
 * slots before it delivers events and runs the module constructor from `_CorDllMain`; .NET Core does neither.
 */
export const START_UP: Readonly<Record<Host, Readonly<Record<StartUpPath, StartUpSequence>>>> = {
  core: {
    managed: { open: ['startRuntime', 'osLoad'], assembly: CORE },
    native: { open: ['osLoad'] },
    reflectionOnly: { open: ['startRuntime', 'refuseReflectionOnly'] },
    firstCall: { open: ['startRuntime'], assembly: CORE },
    // A host of .NET (`dotnet`, an apphost) is a program of its own: it asks for the assembly as a managed caller does.
    program: { open: ['startRuntime', 'osLoad'], assembly: CORE },
  },
  framework: {
    managed: { open: ['startRuntime', 'osLoad'], assembly: FRAMEWORK },
    native: { open: ['osLoad'] },
    reflectionOnly: { open: ['startRuntime'], assembly: { bound: [], loaded: [] } },
    firstCall: { open: ['startRuntime'], assembly: FRAMEWORK },
    program: { open: ['osLoad', 'startRuntime'], assembly: { ...FRAMEWORK, loaded: ['activate', 'runProgram'] } },
  },
};
