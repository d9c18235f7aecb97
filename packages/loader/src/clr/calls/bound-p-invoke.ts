import type { ForwardCall, NativeCalls, Unsupported } from '@ijw/marshalling';
import type { Resolver } from '@ijw/metadata/resolution';
import type { BoundImport, GuestProcess, MappedModule, ModuleLoader } from '@ijw/windows';
import type { Host } from '../../load/host.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import type { TypeLoader } from '../bind/type-loader.ts';
import type { AssemblyImage } from '../image/assembly-image.ts';

/** The effect of a call of a P/Invoke before or instead of the native code. */
export type CallOutcome =
  | {
      readonly kind: 'native';
      readonly address: number;
      /** ImplFlags without PreserveSig: the native result is an HRESULT and the managed one a hidden argument. */
      readonly hresultSwapping?: true;
      /** The saved P/Invoke error is stored after the call. */
      readonly setLastError?: true;
      /** The target is GetLastError: the runtime returns the saved error. */
      readonly returnsSavedError?: true;
      /** The call ends at this symbol, which no provider has. */
      readonly unresolved?: string;
    }
  | { readonly kind: 'throws'; readonly exception: ClrException }
  | { readonly kind: 'fatal'; readonly hresult: number; readonly reason: string };

/** A P/Invoke of the image and where it leads. */
export interface BoundPInvoke {
  readonly token: number;
  readonly method: string;
  readonly kind: 'rva' | 'named' | 'internalCall';
  readonly rva?: number;
  /** The target of the call, if it has one. */
  readonly address?: number;
  /** How the address was found: `base + RVA`, with the import behind it where the code is a jump, or `module!name`. */
  readonly via: string;
  readonly callOutcome: CallOutcome;
  /** The plan of the method's stub, or the reason why it has no stub; made at its first use. */
  readonly stub: ForwardCall | Unsupported;
}

/** A P/Invoke whose stub is not planned yet. */
export type PInvokeBinding = Omit<BoundPInvoke, 'stub'>;

export interface PInvokeContext {
  readonly process: GuestProcess;
  readonly assembly: AssemblyImage;
  readonly types: TypeLoader;
  readonly module: MappedModule;
  readonly loadModule: ModuleLoader;
  /** The import whose slot an address is. */
  readonly importAt: (slot: number) => BoundImport | undefined;
  /** Conventions of this image's methods. */
  readonly calls: NativeCalls;
  readonly host: Host;
  /** Finds the value types of other assemblies. */
  readonly resolver: () => Resolver | undefined;
}
