import { createRequire } from 'node:module';

/** The part of capstone-wasm 1.0.3 that is used. Its own declarations are not reachable through its `exports` map. */
interface Capstone {
  /** Throws where the bytes are not an instruction. */
  disasm(
    bytes: Uint8Array,
    options: { readonly address: bigint; readonly count: number },
  ): { readonly mnemonic: string; readonly opStr: string }[];
}
interface CapstoneModule {
  readonly Capstone: new (architecture: number, mode: number) => Capstone;
  readonly Const: { readonly CS_ARCH_ARM64: number; readonly CS_MODE_LITTLE_ENDIAN: number };
  loadCapstone(): Promise<void>;
}

const module: CapstoneModule = createRequire(`${process.cwd()}/package.json`)('capstone-wasm');
/** What the library takes at a time: it copies the bytes to a small stack. */
const AT_ONCE = 64;

/** Arm64 text by capstone, with its usual options. */
export class CapstoneOracle {
  readonly #capstone: Capstone;

  private constructor(capstone: Capstone) {
    this.#capstone = capstone;
  }

  static async load(): Promise<CapstoneOracle> {
    const { Capstone, Const, loadCapstone } = module;
    await loadCapstone();
    return new CapstoneOracle(new Capstone(Const.CS_ARCH_ARM64, Const.CS_MODE_LITTLE_ENDIAN));
  }

  /** The text of each word, whose first is at `address`; empty where it is not an instruction. */
  *texts(words: Uint32Array, address: bigint): Generator<string, void> {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    for (let at = 0; at < words.length; ) {
      const count = Math.min(AT_ONCE, words.length - at);
      const found = this.#run(bytes.subarray(at * 4, (at + count) * 4), address + BigInt(at * 4), count);
      yield* found;
      if (found.length < count) yield '';
      at += found.length + (found.length < count ? 1 : 0);
    }
  }

  #run(bytes: Uint8Array, address: bigint, count: number): string[] {
    try {
      return this.#capstone.disasm(bytes, { address, count }).map(({ mnemonic, opStr }) => `${mnemonic} ${opStr}`.trim());
    } catch {
      return [];
    }
  }
}
