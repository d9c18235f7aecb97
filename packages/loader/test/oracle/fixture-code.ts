import type { ManagedCall, ManagedEntry, ManagedResult } from '@ijw/loader';
import { Metadata, TableId, tokenRid, tokenTable } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';

/** ECMA-335 III: the instructions that the fixtures' methods are made of. */
const LDARG_0 = 0x02;
const LDARG_1 = 0x03;
const ADD = 0x58;
const RET = 0x2a;

/** Runs the fixtures' managed methods: tiny bodies that add their arguments. */
export class FixtureCode implements ManagedEntry {
  readonly #image: PEImage;
  readonly #metadata: Metadata;

  constructor(bytes: Uint8Array) {
    this.#image = PEImage.parse(bytes);
    this.#metadata = Metadata.of(this.#image)!;
  }

  call({ token, arguments: args }: ManagedCall): ManagedResult {
    if (tokenTable(token) !== TableId.MethodDef) throw new Error(`No method of the image: ${token}`);
    const rva = this.#metadata.tables.MethodDef.get(tokenRid(token), 'RVA');
    const size = this.#image.bytesAt(rva, 1)[0]! >> 2;
    const stack: number[] = [];
    for (const opcode of this.#image.bytesAt(rva + 1, size)) {
      if (opcode === LDARG_0) stack.push(args[0] as number);
      else if (opcode === LDARG_1) stack.push(args[1] as number);
      else if (opcode === ADD) stack.push((stack.pop()! + stack.pop()!) | 0);
      else if (opcode !== RET) throw new Error(`No such instruction: ${opcode}`);
    }
    return { value: stack.pop() };
  }
}
