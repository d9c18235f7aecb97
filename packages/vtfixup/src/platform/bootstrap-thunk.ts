// dotnet/runtime `src/native/corehost/ijwhost/{i386,amd64,arm64}/bootstrap_thunk.*`: a packed structure that begins with, or holds, code.

import { ByteWriter } from '@ijw/binary';

/** The thunk that ijwhost writes into a slot before the runtime starts. */
export interface BootstrapThunk {
  readonly token: number;
  /** Address of the code that starts the runtime, `start_runtime_thunk_stub`. */
  readonly helper: bigint;
  /** The module's HMODULE and the address of the slot that points at the thunk. */
  readonly moduleHandle: bigint;
  readonly slotAddress: bigint;
}

/** A thunk that was found in memory. */
export interface FoundBootstrapThunk extends BootstrapThunk {
  readonly size: number;
}

/** A value in a thunk: one of its own, or its address, by which the code names itself. */
type Field = keyof BootstrapThunk | 'thunkAddress';

type Piece =
  | { readonly code: readonly number[] }
  | { readonly padding: number }
  /** Little-endian; `relative`: counted from the end of the field, as `call` and `jmp` do. */
  | { readonly field: Field; readonly size: 4 | 8; readonly relative?: true };

/** The thunk of one architecture, piece by piece. */
export interface BootstrapThunkLayout {
  readonly size: number;
  /** Where the code begins: what the slot holds is the thunk's address plus this. */
  readonly entryOffset: number;
  readonly pieces: readonly (Piece & { readonly offset: number })[];
}

const sizeOf = (piece: Piece): number => ('code' in piece ? piece.code.length : 'padding' in piece ? piece.padding : piece.size);

function layout(entryOffset: number, pieces: readonly Piece[]): BootstrapThunkLayout {
  let size = 0;
  const placed = pieces.map((piece) => {
    const offset = size;
    size += sizeOf(piece);
    return { ...piece, offset };
  });
  return { size, entryOffset, pieces: placed };
}

/** The slot points at the call, whose return address tells the helper which thunk it was. */
export const bootstrapThunkX86 = layout(4, [
  { field: 'token', size: 4 },
  { code: [0xe8] }, // call helper
  { field: 'helper', size: 4, relative: true },
  { field: 'moduleHandle', size: 4 },
  { field: 'slotAddress', size: 4 },
]);

export const bootstrapThunkX64 = layout(0, [
  { code: [0x49, 0xba] }, // mov r10, this thunk
  { field: 'thunkAddress', size: 8 },
  { code: [0x49, 0xbb] }, // mov r11, helper
  { field: 'helper', size: 8 },
  { code: [0x41, 0xff, 0xe3] }, // jmp r11
  { padding: 1 },
  { field: 'token', size: 4 },
  { field: 'moduleHandle', size: 8 },
  { field: 'slotAddress', size: 8 },
]);

export const bootstrapThunkArm64 = layout(0, [
  { code: [0x10, 0x00, 0x00, 0x10] }, // adr x16, #0
  { code: [0x11, 0x0a, 0x40, 0xf9] }, // ldr x17, [x16, #16]
  { code: [0x20, 0x02, 0x1f, 0xd6] }, // br x17
  { code: [0, 0, 0, 0] },
  { field: 'helper', size: 8 },
  { field: 'moduleHandle', size: 8 },
  { field: 'slotAddress', size: 8 },
  { field: 'token', size: 4 },
]);

/** Where a thunk holds a value. */
export function bootstrapThunkOffset({ pieces }: BootstrapThunkLayout, field: keyof BootstrapThunk): number {
  const piece = pieces.find((candidate) => 'field' in candidate && candidate.field === field);
  if (!piece) throw new Error(`A bootstrap thunk has no ${field}`);
  return piece.offset;
}

/** The bytes of a thunk at `address`. */
export function writeBootstrapThunk({ pieces }: BootstrapThunkLayout, thunk: BootstrapThunk, address: bigint): Uint8Array {
  const writer = new ByteWriter();
  for (const piece of pieces) {
    if ('code' in piece) writer.bytes(piece.code);
    else if ('padding' in piece) writer.fill(piece.padding, 0);
    else {
      const value = piece.field === 'thunkAddress' ? address : BigInt(thunk[piece.field]);
      const origin = piece.relative ? address + BigInt(piece.offset + piece.size) : 0n;
      if (piece.size === 4) writer.u32(Number(BigInt.asUintN(32, value - origin)));
      else writer.u64(value);
    }
  }
  return writer.toBytes();
}

/**
 * The thunk that the bytes at `address` are, or `undefined` where they are something else. The code tells a thunk from bytes that look like one, and on
 * x64 the address that it names itself by.
 */
export function readBootstrapThunk(shape: BootstrapThunkLayout, bytes: Uint8Array, address: bigint): FoundBootstrapThunk | undefined {
  if (bytes.length < shape.size) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Record<Field, bigint> = { token: 0n, helper: 0n, moduleHandle: 0n, slotAddress: 0n, thunkAddress: address };
  for (const piece of shape.pieces) {
    if ('code' in piece) {
      if (!piece.code.every((byte, index) => bytes[piece.offset + index] === byte)) return undefined;
    } else if ('field' in piece) fields[piece.field] = fieldAt(view, piece, address);
  }
  const { thunkAddress, token, ...rest } = fields;
  return thunkAddress === address ? { ...rest, token: Number(token), size: shape.size } : undefined;
}

function fieldAt(
  view: DataView,
  { offset, size, relative }: Extract<Piece, { field: Field }> & { offset: number },
  address: bigint,
): bigint {
  if (size === 8) return view.getBigUint64(offset, true);
  if (!relative) return BigInt(view.getUint32(offset, true));
  return BigInt.asUintN(32, address + BigInt(offset + size) + BigInt(view.getInt32(offset, true)));
}
