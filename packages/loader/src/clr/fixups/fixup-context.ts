import type { Resolver } from '@ijw/metadata/resolution';
import type { GuestProcess, GuestStack, MappedModule } from '@ijw/windows';
import type { ExecutableHeap } from '../../code-memory/executable-heap.ts';
import type { BootstrapThunks } from '../../hosts/bootstrap-thunks.ts';
import type { Host } from '../../load/host.ts';
import type { ThunkForms } from '../../platform/thunk-forms.ts';
import type { ThunkPlatform } from '../../platform/thunk-platform.ts';
import type { TypeLoader } from '../bind/type-loader.ts';
import type { AssemblyImage } from '../image/assembly-image.ts';

/** The image whose slots are fixed up, and the process that it is in. */
export interface FixupContext {
  readonly process: GuestProcess;
  readonly host: Host;
  readonly assembly: AssemblyImage;
  readonly module: MappedModule;
  readonly types: TypeLoader;
  readonly bootstrap: BootstrapThunks;
  readonly platform: ThunkPlatform;
  readonly forms: ThunkForms;
  readonly heap: ExecutableHeap;
  /** The process in which a host's code runs that gives tokens. */
  readonly stack: () => GuestStack;
  /** Finds the value types of other assemblies. */
  readonly resolver: () => Resolver | undefined;
}
