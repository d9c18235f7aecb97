import type { Machine } from './machine.ts';

/** Runs the instructions that arm64 thunks are made of (Arm ARM C6.2) until `blr` or `ret`. */
export function stepArm64(machine: Machine, word: number): void {
  const { registers } = machine;
  const field = (shift: number, bits: number): number => (word >>> shift) & ((1 << bits) - 1);
  const [low, base] = [field(0, 5), field(5, 5)];
  const name = (number: number): string => (number === 31 ? 'sp' : `x${number}`);
  const address = (scale: number): number => machine.number(name(base)) + field(10, 12) * scale;
  switch (word >>> 22) {
    case 0b1111100100: // str x
      machine.write(address(8), low === 31 ? '0' : registers.get(`x${low}`)!, 8);
      return;
    case 0b1111100101: // ldr x
      machine.set(`x${low}`, machine.read(address(8), 8));
      return;
    case 0b1011110100: // str s
      machine.write(address(4), registers.get(`v${low}`)!, 4);
      return;
    case 0b1011110101: // ldr s
      machine.set(`v${low}`, machine.read(address(4), 4));
      return;
    case 0b1111110100: // str d
      machine.write(address(8), registers.get(`v${low}`)!, 8);
      return;
    case 0b1111110101: // ldr d
      machine.set(`v${low}`, machine.read(address(8), 8));
      return;
    case 0b1001000100: // add
      machine.set(name(low), machine.number(name(base)) + field(10, 12));
      return;
    case 0b1101000100: // sub
      machine.set(name(low), machine.number(name(base)) - field(10, 12));
      return;
    case 0b1101000101: // sub, lsl #12
      machine.set(name(low), machine.number(name(base)) - field(10, 12) * 0x1000);
      return;
  }
  if (word === 0xa9bf7bfd) {
    machine.set('sp', machine.number('sp') - 16);
    machine.write(machine.number('sp'), registers.get('x29')!, 8);
    machine.write(machine.number('sp') + 8, registers.get('x30')!, 8);
    return;
  }
  if (word === 0xa8c17bfd) {
    machine.set('x29', machine.read(machine.number('sp'), 8));
    machine.set('x30', machine.read(machine.number('sp') + 8, 8));
    machine.set('sp', machine.number('sp') + 16);
    return;
  }
  if (word >>> 24 === 0x58) {
    machine.set(`x${low}`, machine.read(machine.ip + field(5, 19) * 4, 8));
    return;
  }
  if (word === 0xd63f0200) {
    machine.call(machine.registers.get('x16')!);
    return;
  }
  if (word === 0xd65f03c0) {
    machine.leave();
    return;
  }
  throw new Error(`No such instruction: ${word.toString(16)}`);
}
