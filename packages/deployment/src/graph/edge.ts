import type { DeployedFile } from '../files/deployed-file.ts';
import type { NativeImport } from '../files/file-facts.ts';
import type { AssemblyUse, PInvokeFacts } from '../files/managed-facts.ts';
import type { FrameworkName } from '../tables/framework-assemblies.ts';
import type { RedistributableRow } from '../tables/redistributables.ts';

/** Why one file needs another. `program`: the host starts the assembly of its name.
 * `listed`: it is on the list of assemblies that the host gives the runtime, and found by its name alone. `needed`: DT_NEEDED and LC_LOAD_DYLIB. */
export type EdgeReason = 'import' | 'delayImport' | 'reference' | 'pinvoke' | 'program' | 'listed' | 'needed';

/** What a dependency is. */
export type DependencyKind =
  | 'ours'
  | 'system'
  | 'api-set'
  | 'vc-runtime'
  | 'debug-runtime'
  | 'host-exe'
  | 'host'
  | 'framework'
  | 'package'
  | 'unknown';

/** What gives a file what it needs. */
export type Satisfaction =
  | { readonly by: 'folder'; readonly file: DeployedFile }
  | { readonly by: 'system' }
  | { readonly by: 'redistributable'; readonly row: RedistributableRow }
  | { readonly by: 'framework'; readonly framework: FrameworkName }
  /** The program of the process. */
  | { readonly by: 'host' }
  /** Another package, which the build brings. */
  | { readonly by: 'package' }
  | { readonly by: 'nothing' };

interface CommonEdge {
  readonly from: DeployedFile;
  /** As the file writes it. */
  readonly name: string;
  readonly kind: DependencyKind;
  readonly satisfied: Satisfaction;
  /** The paths that were looked at, in their order. */
  readonly tried: readonly string[];
}

export type Edge = CommonEdge &
  (
    | { readonly reason: 'import' | 'delayImport'; readonly imported: NativeImport }
    | { readonly reason: 'reference'; readonly use: AssemblyUse }
    | { readonly reason: 'pinvoke'; readonly methods: readonly PInvokeFacts[] }
    | { readonly reason: 'program' | 'listed' | 'needed' }
  );

export type EdgeOf<R extends EdgeReason> = Extract<Edge, { readonly reason: R }>;

/** Neither the folder, nor the system, nor the runtime has it; a redistributable may. */
export const isMissing = ({ satisfied }: Edge): boolean => satisfied.by === 'nothing' || satisfied.by === 'redistributable';

export const fileOf = ({ satisfied }: Edge): DeployedFile | undefined => (satisfied.by === 'folder' ? satisfied.file : undefined);
