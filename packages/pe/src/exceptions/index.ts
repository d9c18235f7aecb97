export {
  expandPackedArmEpilogue,
  expandPackedArmPrologue,
  type PackedArmUnwind,
  packArmUnwind,
  unpackArmUnwind,
} from './arm-packed-unwind.ts';
export { type ArmEpilogue, type ArmUnwindInfo, type ArmUnwindInput, readArmUnwindInfo, writeArmUnwindInfo } from './arm-unwind.ts';
export { type ArmUnwindOperation, type ArmWidth, decodeArmUnwindCode, encodeArmUnwindCode } from './arm-unwind-codes.ts';
export { expandPackedUnwind, type PackedArm64Unwind, packArm64Unwind, unpackArm64Unwind } from './arm64-packed-unwind.ts';
export {
  type Arm64Epilogue,
  type Arm64UnwindInfo,
  type Arm64UnwindInput,
  readArm64UnwindInfo,
  writeArm64UnwindInfo,
} from './arm64-unwind.ts';
export { type Arm64UnwindOperation, decodeArm64UnwindCode, encodeArm64UnwindCode } from './arm64-unwind-codes.ts';
export {
  type ExceptionDirectory,
  type ExceptionFormat,
  type ExceptionHandler,
  functionAt,
  type RuntimeFunction,
  readExceptionDirectory,
} from './exception-directory.ts';
export { readUnwindInformation, readUnwoundFunctions, type UnwindInformation, type UnwoundFunction } from './unwind-information.ts';
export {
  readX64UnwindChain,
  readX64UnwindInfo,
  UnwindFlags,
  writeX64UnwindInfo,
  type X64UnwindInfo,
  type X64UnwindOperation,
  x64Registers,
} from './x64-unwind.ts';
