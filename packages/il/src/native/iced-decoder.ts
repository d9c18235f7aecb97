import type { Decoder, Formatter, Instruction } from 'iced-x86';
import { invalidInstruction, type NativeDecoder, type NativeFlow, type NativeInstruction, rvaOfAddress } from './native-instruction.ts';

type Iced = typeof import('iced-x86');

export interface IcedOptions {
  readonly bitness: 32 | 64;
  readonly imageBase: bigint;
  /** What the entries of a table for an indirect branch are. */
  readonly tables: 'rva' | 'address';
}

/** `__fastfail`: `int 29h` ends the process. */
const FAST_FAIL = 0x29n;

/** The one place that knows iced's API. Its objects live in WebAssembly memory, so that one instruction is decoded into over and over. */
class IcedDecoder implements NativeDecoder {
  readonly alignment = 1;
  readonly #iced: Iced;
  readonly #options: IcedOptions;
  readonly #formatter: Formatter;
  readonly #instruction: Instruction;
  readonly #flows: ReadonlyMap<number, NativeFlow>;
  #bytes: Uint8Array | undefined;
  #decoder: Decoder | undefined;

  constructor(iced: Iced, options: IcedOptions) {
    const { FlowControl } = iced;
    this.#iced = iced;
    this.#options = options;
    this.#formatter = new iced.Formatter(iced.FormatterSyntax.Intel);
    this.#formatter.hexPrefix = '0x';
    this.#formatter.hexSuffix = '';
    this.#formatter.uppercaseHex = false;
    this.#formatter.showBranchSize = false;
    this.#formatter.branchLeadingZeros = false;
    this.#formatter.spaceAfterOperandSeparator = true;
    this.#instruction = new iced.Instruction();
    this.#flows = new Map<number, NativeFlow>([
      [FlowControl.UnconditionalBranch, 'branch'],
      [FlowControl.IndirectBranch, 'indirectBranch'],
      [FlowControl.ConditionalBranch, 'condition'],
      [FlowControl.Return, 'return'],
      [FlowControl.Call, 'call'],
      [FlowControl.IndirectCall, 'indirectCall'],
      [FlowControl.Exception, 'stop'],
    ]);
  }

  decode(bytes: Uint8Array, at: number, rva: number): NativeInstruction {
    const { imageBase } = this.#options;
    const decoder = this.#open(bytes);
    const instruction = this.#instruction;
    decoder.position = at;
    decoder.ip = imageBase + BigInt(rva);
    if (!decoder.canDecode) return invalidInstruction(bytes, at, rva, 1);
    decoder.decodeOut(instruction);
    if (instruction.isInvalid) return invalidInstruction(bytes, at, rva, 1);
    const flow = this.#flow(instruction);
    const target = this.#target(instruction, flow);
    const memory = this.#memory(instruction);
    return {
      rva,
      size: instruction.length,
      mnemonic: this.#formatter.formatMnemonic(instruction),
      operands: this.#formatter.formatAllOperands(instruction),
      flow,
      ...(target !== undefined && { target }),
      ...(memory !== undefined && { memory }),
      ...(flow === 'branch' && instruction.isJmpShort && { isShort: true }),
      ...(memory !== undefined && this.#isTable(instruction) && { table: this.#options.tables }),
    };
  }

  /** Making a decoder copies the bytes, so the last one is kept. */
  #open(bytes: Uint8Array): Decoder {
    if (this.#bytes !== bytes || this.#decoder === undefined) {
      this.#decoder?.free();
      this.#decoder = new this.#iced.Decoder(this.#options.bitness, bytes, this.#iced.DecoderOptions.None);
      this.#bytes = bytes;
    }
    return this.#decoder;
  }

  #flow(instruction: Instruction): NativeFlow {
    const { Code, FlowControl } = this.#iced;
    if (instruction.flowControl !== FlowControl.Interrupt) return this.#flows.get(instruction.flowControl) ?? 'next';
    const stops = instruction.code === Code.Int3 || (instruction.code === Code.Int_imm8 && instruction.immediate(0) === FAST_FAIL);
    return stops ? 'stop' : 'next';
  }

  #target(instruction: Instruction, flow: NativeFlow): number | undefined {
    const direct = flow === 'branch' || flow === 'condition' || flow === 'call';
    return direct && this.#isNear(instruction) ? rvaOfAddress(instruction.nearBranchTarget, this.#options.imageBase) : undefined;
  }

  #isNear(instruction: Instruction): boolean {
    const { OpKind } = this.#iced;
    if (instruction.opCount === 0) return false;
    const kind = instruction.opKind(0);
    return kind === OpKind.NearBranch16 || kind === OpKind.NearBranch32 || kind === OpKind.NearBranch64;
  }

  #memory(instruction: Instruction): number | undefined {
    const { OpKind } = this.#iced;
    const { imageBase, bitness } = this.#options;
    if (instruction.isIpRelMemoryOperand) return rvaOfAddress(instruction.ipRelMemoryAddress, imageBase);
    for (let operand = 0; operand < instruction.opCount; operand++) {
      if (instruction.opKind(operand) !== OpKind.Memory || this.#isThreadLocal(instruction)) continue;
      if (this.#isTable(instruction) && bitness === 64) return rvaOfAddress(instruction.memoryDisplacementU64, 0n);
      const absolute = instruction.memoryBase === 0 && (instruction.memoryIndex === 0 || this.#isTable(instruction));
      if (absolute && bitness === 32) return rvaOfAddress(BigInt.asUintN(32, instruction.memoryDisplacementU64), imageBase);
    }
    return undefined;
  }

  /** Windows addresses the thread's own block by FS and GS: their places are none of the image. */
  #isThreadLocal({ memorySegment }: Instruction): boolean {
    return memorySegment === this.#iced.Register.FS || memorySegment === this.#iced.Register.GS;
  }

  /** `[index*4 + table]`; on x64 `[base + index*4 + table]`, where the base register holds the image base. */
  #isTable(instruction: Instruction): boolean {
    if (instruction.memoryIndex === 0 || instruction.memoryIndexScale !== 4 || instruction.isIpRelMemoryOperand) return false;
    return this.#options.bitness === 64
      ? instruction.memoryBase !== 0 && instruction.memoryDisplacementU64 > 0xfffn
      : instruction.memoryBase === 0;
  }
}

/** Loads `iced-x86`, which takes a moment and is therefore not loaded before somebody asks. */
export async function loadIcedDecoder(options: IcedOptions): Promise<NativeDecoder> {
  return new IcedDecoder(await import('iced-x86'), options);
}
