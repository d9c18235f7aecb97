import type { MappedModule } from '@ijw/windows';
import type { LoadedAssembly } from '../clr/bind/load-context.ts';
import type { RuntimeRun } from '../clr/runtime.ts';

/** The module whose code, slots and methods are called. */
export interface CalledModule extends RuntimeRun {
  readonly module: MappedModule | undefined;
  readonly nativeFirst: boolean;
  readonly assembly: () => LoadedAssembly | undefined;
  /** The first call through a bootstrap thunk loads the assembly. */
  readonly adopt: (assembly: LoadedAssembly | undefined) => void;
}
