import type { MappedModule } from '@ijw/windows';
import type { ClrException } from '../../load/load-refusal.ts';
import type { AssemblyImage } from '../image/assembly-image.ts';
import type { TypeLoader } from './type-loader.ts';

/** An AssemblyLoadContext: assemblies by identity, one of each. */
export interface LoadContext {
  readonly name: string;
  readonly collectible: boolean;
  /** By display name. */
  readonly assemblies: Map<string, LoadedAssembly>;
}

/** An assembly in one context. The same file in a second context is a second assembly over the same module. */
export interface LoadedAssembly {
  readonly image: AssemblyImage;
  readonly module: MappedModule | undefined;
  readonly context: LoadContext;
  readonly types: TypeLoader;
  readonly path: string;
  /** The module constructor: once an assembly, at the first activation. */
  activation: 'none' | 'running' | 'done' | 'failed' | 'forbidden';
  /** The exception of every use after the module constructor has thrown. */
  failure?: ClrException;
  constructorRuns: number;
}

export const createContext = (name: string, collectible = false): LoadContext => ({ name, collectible, assemblies: new Map() });
