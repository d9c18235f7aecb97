import { hex } from '@ijw/binary';
import { checksumText } from './source-table.ts';

/** TinyCLR_Result: what registration and calls return. */
export const TinyClrResult = { Success: 0, NotSupported: 4, AlreadyExists: 11, WrongType: 15, WrongChecksum: 22 } as const;

/** The memory of a device: 32-bit addresses. `undefined` where nothing is mapped. */
export interface DeviceMemory {
  read(address: number, length: number): Uint8Array | undefined;
}

/** `TinyCLR_Interop_Assembly` as it lies in memory: name, checksum and methods, each 4 bytes. */
export interface InteropDefinition {
  readonly address: number;
  readonly name: string;
  readonly checksum: number;
  /** Address of the first method pointer. */
  readonly methods: number;
}

/** The error of a registration or a call. */
export class InteropError extends Error {
  override readonly name = 'InteropError';
  readonly result: keyof typeof TinyClrResult;

  constructor(result: keyof typeof TinyClrResult, message: string) {
    super(message);
    this.result = result;
  }
}

/** The assembly that a table is for, and its checksum. */
interface TableIdentity {
  readonly assembly: string;
  readonly checksum: number;
}

const DEFINITION_SIZE = 12;
const MAXIMUM_NAME = 1024;

/** How the runtime runs a method: a native handler wins even over an IL body. */
export type InteropDispatch = { readonly via: 'native'; readonly address: number } | { readonly via: 'il' };

/** `System.Runtime.InteropServices.Interop`: definitions are added by the address at which they lie in the device's memory. */
export class InteropRegistry {
  readonly #memory: DeviceMemory;
  readonly #definitions = new Map<number, InteropDefinition>();

  constructor(memory: DeviceMemory) {
    this.#memory = memory;
  }

  /** `Interop.Add`. @throws InteropError AlreadyExists for an address or assembly that is there; WrongType where no definition lies at the address */
  add(address: number): InteropDefinition {
    const definition = this.#readDefinition(address);
    for (const other of this.#definitions.values()) {
      if (other.address === address || other.name === definition.name) {
        throw new InteropError('AlreadyExists', `${definition.name} is registered at ${hex(other.address)}`);
      }
    }
    this.#definitions.set(address, definition);
    return definition;
  }

  /** `Interop.Remove`: whether there was such a definition. */
  remove(address: number): boolean {
    return this.#definitions.delete(address);
  }

  /** `Interop.FindAll`, in the order of registration. */
  findAll(): readonly InteropDefinition[] {
    return [...this.#definitions.values()];
  }

  /** The definition for an assembly when it is deployed. @throws InteropError WrongChecksum where the name is there and the checksum is another */
  bind(table: TableIdentity): InteropDefinition | undefined {
    const definition = this.findAll().find((candidate) => candidate.name === table.assembly);
    if (definition && definition.checksum !== table.checksum) {
      throw new InteropError(
        'WrongChecksum',
        `Invalid native checksum: ${table.assembly} has ${checksumText(table.checksum)}, the native code ${checksumText(definition.checksum)}`,
      );
    }
    return definition;
  }

  /** The code that a call of the method in a slot runs. @throws InteropError NotSupported for a method that has neither a handler nor a body */
  dispatch(table: TableIdentity, slot: number, hasBody: boolean): InteropDispatch {
    const definition = this.bind(table);
    const address = definition ? this.#word(definition.methods + slot * 4) : 0;
    if (address !== 0) return { via: 'native', address };
    if (hasBody) return { via: 'il' };
    throw new InteropError('NotSupported', `No native code is registered for slot ${slot} of ${table.assembly}`);
  }

  #readDefinition(address: number): InteropDefinition {
    const bytes = this.#memory.read(address, DEFINITION_SIZE);
    if (!bytes || bytes.length < DEFINITION_SIZE) throw new InteropError('WrongType', `Nothing is mapped at ${hex(address)}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { address, name: this.#name(view.getUint32(0, true)), checksum: view.getUint32(4, true), methods: view.getUint32(8, true) };
  }

  #name(address: number): string {
    let name = '';
    for (let index = 0; index < MAXIMUM_NAME; index++) {
      const byte = this.#memory.read(address + index, 1)?.[0];
      if (byte === 0) return name;
      if (byte === undefined || byte < 0x20 || byte > 0x7e) break;
      name += String.fromCharCode(byte);
    }
    throw new InteropError('WrongType', `No assembly name lies at ${hex(address)}`);
  }

  #word(address: number): number {
    const bytes = this.#memory.read(address, 4);
    if (!bytes || bytes.length < 4) throw new InteropError('WrongType', `No method table lies at ${hex(address)}`);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }
}
