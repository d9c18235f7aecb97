import { Decoder, type Instruction, Mnemonic, OpKind, Register } from 'iced-x86';
import type { Machine, Value } from './machine.ts';

const NAMES = new Map<number, string>(Object.entries(Register).map(([name, value]) => [value as number, name.toLowerCase()]));

/** Runs the instructions that x86 and x64 thunks are made of, decoded by iced-x86, until `ret`. */
export function runX86(machine: Machine, bits: 32 | 64, code: Uint8Array, start: number): { readonly popped: number } {
  const decoder = new Decoder(bits, code, 0);
  decoder.ip = BigInt(start);
  const word = bits / 8;
  const sp = bits === 64 ? 'rsp' : 'esp';
  let popped = -1;
  const push = (value: Value): void => {
    machine.set(sp, machine.number(sp) - word);
    machine.write(machine.number(sp), value, word);
  };
  const pop = (): Value => {
    const value = machine.read(machine.number(sp), word);
    machine.set(sp, machine.number(sp) + word);
    return value;
  };
  while (!machine.returned) {
    const at = decoder.decode();
    step(at);
    at.free();
  }
  decoder.free();
  return { popped };

  function step(at: Instruction): void {
    const address = (): number => {
      const displacement = Number(bits === 64 ? BigInt.asIntN(64, at.memoryDisplacement) : BigInt.asUintN(32, at.memoryDisplacement));
      if (at.memoryBase === Register.RIP || at.memoryBase === Register.None) return displacement;
      return machine.number(NAMES.get(at.memoryBase)!) + (bits === 64 ? displacement : displacement | 0);
    };
    const operand = (kind: number, register: number, size: number): Value => {
      if (kind === OpKind.Register) return machine.registers.get(NAMES.get(register)!)!;
      if (kind === OpKind.Memory) return machine.read(address(), size);
      return Number(BigInt.asIntN(32, at.immediate(1)));
    };
    const destination = (value: Value): void => {
      if (at.op0Kind === OpKind.Memory) machine.write(address(), value, word);
      else machine.set(NAMES.get(at.op0Register)!, value);
    };
    switch (at.mnemonic) {
      case Mnemonic.Push:
        push(machine.registers.get(NAMES.get(at.op0Register)!)!);
        return;
      case Mnemonic.Pop:
        machine.set(NAMES.get(at.op0Register)!, pop());
        return;
      case Mnemonic.Mov:
      case Mnemonic.Movss:
      case Mnemonic.Movsd:
        if (at.op0Kind === OpKind.MemoryESEDI || at.hasRepPrefix) {
          copyBlock();
          return;
        }
        destination(operand(at.op1Kind, at.op1Register, word));
        return;
      case Mnemonic.Lea:
        machine.set(NAMES.get(at.op0Register)!, address());
        return;
      case Mnemonic.Sub:
        machine.set(sp, machine.number(sp) - Number(at.immediate(1)));
        return;
      case Mnemonic.Or:
        return;
      case Mnemonic.Call:
        machine.call(machine.read(address(), word));
        return;
      case Mnemonic.Fld:
        machine.set('st0', machine.read(address(), 8));
        return;
      case Mnemonic.Ret:
        pop();
        popped = at.opCount > 0 ? at.immediate16 : 0;
        machine.set(sp, machine.number(sp) + popped);
        machine.leave();
        return;
    }
    throw new Error(`No such instruction: mnemonic ${at.mnemonic}`);
  }

  function copyBlock(): void {
    const [from, to, count] = [machine.number('esi'), machine.number('edi'), machine.number('ecx')];
    for (let index = 0; index < count; index++) machine.write(to + index * 4, machine.read(from + index * 4, 4), 4);
  }
}
