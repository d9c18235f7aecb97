/** A number, or the name of something unknown whose whereabouts are followed. */
export type Value = number | string;

/** Registers and a memory of words that hold numbers and symbols. */
export class Machine {
  readonly registers = new Map<string, Value>();
  readonly memory = new Map<number, Value>();
  readonly calls: Value[] = [];
  ip = 0;
  returned = false;
  onCall: (target: Value) => void = () => undefined;

  number(register: string): number {
    const value = this.registers.get(register);
    if (typeof value !== 'number') throw new Error(`${register} holds ${value}, no address`);
    return value;
  }

  set(register: string, value: Value): void {
    this.registers.set(register, value);
  }

  write(address: number, value: Value, _size: number): void {
    this.memory.set(address, value);
  }

  read(address: number, _size: number): Value {
    const value = this.memory.get(address);
    if (value === undefined) throw new Error(`Nothing was written at ${address.toString(16)}`);
    return value;
  }

  call(target: Value): void {
    this.calls.push(target);
    this.onCall(target);
  }

  leave(): void {
    this.returned = true;
  }
}
