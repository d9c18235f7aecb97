// How long an instruction takes in the interpreter: exported functions `k_*(uint32)` of a DLL, `interpreter.ts FILE [name=argument ...]`.
import { readFileSync } from 'node:fs';
import { AddressSpace, PageRights } from '@ijw/machine';
import { X86Interpreter } from '@ijw/machine/instructions';
import { PEImage } from '@ijw/pe';
import { readExportDirectory } from '@ijw/pe/exports';

const RETURN = 0x1000;
const [path = '', ...calls] = process.argv.slice(2);
const bytes = readFileSync(path);
const image = PEImage.parse(bytes);
const is64Bit = image.machine === 'amd64';
const base = Number(image.optionalHeader.imageBase);
const windowBase = Math.floor(base / 2 ** 32) * 2 ** 32;

function load(): AddressSpace {
  const space = new AddressSpace({ windowBase });
  const size = image.optionalHeader.sizeOfImage;
  space.reserve(size, base);
  space.commit(base, size, PageRights.readWrite);
  for (const { virtualAddress, sizeOfRawData, characteristics } of image.sections) {
    if (sizeOfRawData > 0) space.write(base + virtualAddress, image.bytesAt(virtualAddress, sizeOfRawData));
    if (characteristics & 0x20000000) space.protect(base + virtualAddress, Math.max(1, sizeOfRawData), PageRights.readExecute);
  }
  return space;
}

const STACK = 0x10_0000;
const WORD = { rcx: 2, rsp: 8 } as const;
for (const call of calls) {
  const [name = '', argument = '0'] = call.split('=');
  const space = load();
  const stack = space.reserve(STACK, windowBase + 0x3000_0000) as number;
  space.commit(stack, STACK, PageRights.readWrite);
  const rva = readExportDirectory(image)?.symbols.find((symbol) => symbol.name?.replace(/^_/, '') === name)?.rva ?? 0;
  const interpreter = new X86Interpreter({ space, is64Bit, isGate: (address) => address === windowBase + RETURN });
  const { words } = interpreter.cpu;
  const top = stack + STACK - 0x100;
  if (is64Bit) space.writeU64(top, BigInt(windowBase + RETURN));
  else {
    space.writeU32(top, RETURN);
    space.writeU32(top + 4, Number(argument));
  }
  words[WORD.rcx] = Number(argument);
  words[WORD.rsp] = top | 0;
  words[WORD.rsp + 1] = Math.floor(top / 2 ** 32);
  interpreter.ip = base + rva;
  const before = process.cpuUsage();
  const exit = interpreter.run(4e9);
  const { user } = process.cpuUsage(before);
  const count = interpreter.cpu.clock;
  console.log(
    `${name.padEnd(12)} ${exit.kind.padEnd(8)} ${(words[0]! >>> 0).toString(16).padStart(8)} ${count} instructions ${((user * 1000) / count).toFixed(1)} ns${exit.kind === 'gate' ? '' : ` ${JSON.stringify(exit)}`}`,
  );
}
