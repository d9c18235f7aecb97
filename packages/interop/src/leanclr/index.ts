export {
  ArgumentReader,
  ArgumentSlots,
  type ArgumentSlotValue,
  SLOT_SIZE,
  SLOT_TYPES,
  type SlotType,
  slotCount,
} from './argument-slots.ts';
export { type LeanClrBinding, leanClrBindings, type RejectedRegistration } from './bindings.ts';
export { leanClrStubs } from './generate.ts';
export { type LeanClrMethodEntry, LeanClrMethodIndex } from './method-index.ts';
export { leanClrSignature } from './method-signature.ts';
export { type LeanClrNative, type LeanClrNatives, leanClrNatives } from './native-methods.ts';
export { type ListedRegistration, readRegistrations } from './registration-list.ts';
export {
  type Dispatch,
  type Invoker,
  LeanClrCallError,
  type LeanClrMethod,
  lookUpKeys,
  type NativeFunction,
  nativeKindOf,
  PInvokeRegistry,
  type Registration,
  type RegistrationKind,
  simpleInvoker,
} from './registry.ts';
export {
  formatLeanClrSignature,
  formatLeanClrType,
  LEANCLR_CONVENTIONS,
  type LeanClrConvention,
  type LeanClrSignature,
  type LeanClrType,
} from './signature.ts';
export { LeanClrSignatureError, parseLeanClrSignature } from './signature-parser.ts';
export { SlotValues, type SlotValueType } from './slot-value.ts';
