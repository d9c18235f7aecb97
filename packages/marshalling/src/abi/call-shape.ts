import type { UnmanagedConvention } from '../calls/unmanaged-convention.ts';
import type { AbiType } from './abi-type.ts';

/** The properties of a native call that determine the locations of its values. */
export interface CallShape {
  /** Matters on x86 only; `thiscall` makes a member function everywhere. */
  readonly convention: UnmanagedConvention;
  /** The first parameter is `this` of a C++ member function, which returns every structure through a buffer. */
  readonly memberFunction: boolean;
  readonly variadic: boolean;
  /** `this` first, without a hidden buffer for the result. */
  readonly parameters: readonly AbiType[];
  readonly result: AbiType;
}
