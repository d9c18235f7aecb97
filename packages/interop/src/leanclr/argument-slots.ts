import { BadImageError, UsageError } from '@ijw/binary';

/** The types that LeanCLR's `get_argument<T>` and `set_return_value<T>` are used with, and their size in bytes. */
export const SLOT_TYPES = {
  bool: 1,
  char16: 2,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float: 4,
  double: 8,
  pointer: 8,
} as const;

export type SlotType = keyof typeof SLOT_TYPES;

/** A value in a slot: whole numbers of 64 bits and pointers are bigints, structures are their bytes. */
export type ArgumentSlotValue = number | bigint | boolean | Uint8Array;

/** Every argument starts at a slot of its own: an 8-byte union of LeanCLR's interpreter stack. */
export const SLOT_SIZE = 8;

/** How many slots a value of `size` bytes takes; a void result takes none. */
export const slotCount = (size: number): number => Math.ceil(size / SLOT_SIZE);

/** The arguments of one call as LeanCLR passes them: consecutive 8-byte slots. An argument's offset is not its index. */
export class ArgumentSlots {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(slots: number) {
    this.bytes = new Uint8Array(slots * SLOT_SIZE);
    this.#view = new DataView(this.bytes.buffer);
  }

  get length(): number {
    return this.bytes.length / SLOT_SIZE;
  }

  /** Reads the argument whose first slot is `slot`. */
  get(type: SlotType | { readonly struct: number }, slot: number): ArgumentSlotValue {
    const at = this.#place(type, slot);
    if (typeof type === 'object') return this.bytes.slice(at, at + type.struct);
    const view = this.#view;
    switch (type) {
      case 'bool':
        return view.getUint8(at) !== 0;
      case 'int8':
        return view.getInt8(at);
      case 'uint8':
        return view.getUint8(at);
      case 'int16':
        return view.getInt16(at, true);
      case 'char16':
      case 'uint16':
        return view.getUint16(at, true);
      case 'int32':
        return view.getInt32(at, true);
      case 'uint32':
        return view.getUint32(at, true);
      case 'int64':
        return view.getBigInt64(at, true);
      case 'float':
        return view.getFloat32(at, true);
      case 'double':
        return view.getFloat64(at, true);
      case 'uint64':
      case 'pointer':
        return view.getBigUint64(at, true);
    }
  }

  /** Writes a value at `slot`; returns the first slot after it. */
  set(type: SlotType | { readonly struct: number }, slot: number, value: ArgumentSlotValue): number {
    const at = this.#place(type, slot);
    if (typeof type === 'object') {
      if (!(value instanceof Uint8Array) || value.length !== type.struct)
        throw new UsageError(`The value is not a structure of ${type.struct} bytes`);
      this.bytes.set(value, at);
      return slot + slotCount(type.struct);
    }
    if (value instanceof Uint8Array) throw new UsageError(`The value is a structure, not a ${type}`);
    this.#setScalar(type, at, value);
    return slot + 1;
  }

  #setScalar(type: SlotType, at: number, value: number | bigint | boolean): void {
    if (type === 'float') this.#view.setFloat32(at, Number(value), true);
    else if (type === 'double') this.#view.setFloat64(at, Number(value), true);
    else {
      const bits = BigInt.asUintN(SLOT_TYPES[type] * 8, BigInt(type === 'bool' ? Boolean(value) : value));
      this.#view.setBigUint64(at, bits, true);
    }
  }

  #place(type: SlotType | { readonly struct: number }, slot: number): number {
    const slots = typeof type === 'object' ? slotCount(type.struct) : 1;
    if (!Number.isInteger(slot) || slot < 0 || slot + slots > this.length) {
      throw new BadImageError({
        code: 'SLOT_OUT_OF_RANGE',
        offset: slot * SLOT_SIZE,
        reading: 'an argument slot',
        message: `Slot ${slot} of ${this.length} does not exist`,
      });
    }
    return slot * SLOT_SIZE;
  }
}

/** LeanCLR's `RuntimeApi::get_argument<T>(params, offset)`: each call gives the next argument and moves past its slots. */
export class ArgumentReader {
  readonly #slots: ArgumentSlots;
  /** The slot of the next argument. */
  offset = 0;

  constructor(slots: ArgumentSlots) {
    this.#slots = slots;
  }

  getArgument(type: SlotType | { readonly struct: number }): ArgumentSlotValue {
    const value = this.#slots.get(type, this.offset);
    this.offset += typeof type === 'object' ? slotCount(type.struct) : 1;
    return value;
  }
}
