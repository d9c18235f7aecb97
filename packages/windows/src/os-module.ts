import { CoffCharacteristics, type PEImage } from '@ijw/pe';
import type { HostModule } from './module-provider.ts';

/** One imported symbol and where it was bound. */
export interface BoundImport {
  /** The module as the import directory writes it. */
  readonly module: string;
  /** The symbol's name, or `#7` for an ordinal. */
  readonly name: string;
  readonly hint?: number;
  readonly ordinal?: number;
  /** The slot in the import address table. */
  readonly iatRva: number;
  /** The content of the slot; for a delayed import its content after the first call. */
  readonly address: number;
  /** `image`: an export of a mapped DLL. `host`: a function of a host module. `none`: an address that only names the symbol. */
  readonly resolvedBy: 'image' | 'host' | 'none';
  /** The path of exports through forwarders, `NTDLL.RtlAllocateHeap`. */
  readonly forwardedTo?: readonly string[];
  readonly delayed?: true;
}

/** The TLS data of a module. */
export interface TlsState {
  readonly index: number;
  /** Addresses, in the order they are called. */
  readonly callbacks: readonly number[];
  readonly template: { readonly address: number; readonly size: number; readonly zeroFill: number };
}

interface ModuleIdentity {
  /** Lower-case file name. */
  readonly name: string;
  readonly path: string;
  readonly base: number;
}

/** A mapped image. */
export interface MappedModule extends ModuleIdentity {
  readonly kind: 'image';
  readonly image: PEImage;
  readonly size: number;
  readonly imports: BoundImport[];
  tls?: TlsState;
  /** The program of the process, not a module that was loaded into it. */
  readonly isProgram: boolean;
  /** LoadLibrary calls without a FreeLibrary; a CLR that has loaded the module keeps its reference. */
  references: number;
  attached: boolean;
  /** Mapped for the runtime alone: its imports are not bound, and its entry point is not called. */
  readonly ilOnly: boolean;
}

/** PE/COFF, "Characteristics": IMAGE_FILE_DLL. */
export const isDll = ({ image }: Pick<MappedModule, 'image'>): boolean =>
  (image.coffHeader.characteristics & CoffCharacteristics.DLL) !== 0;

export interface HostedModule extends ModuleIdentity {
  readonly kind: 'host';
  readonly host: HostModule;
}

export type OsModule = MappedModule | HostedModule;

/** File name of a path with either kind of separator, in lower case. */
export const fileName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
