// Intel SDM volume 2, chapter 2 "Instruction Format": prefixes, VEX, opcode, ModRM, SIB, displacement, immediates.

import { Lazy } from '@ijw/binary';
import { DecodedInstruction, IP_REGISTER, NO_REGISTER, Segment } from './decoded-instruction.ts';
import { Attribute } from './encoding-attributes.ts';
import { FACT_BITS, Fact } from './encoding-condition.ts';
import { operandsOf, x86Encodings } from './encodings.ts';
import { MapNumber } from './opcode-map.ts';
import { Place } from './operand-kind.ts';

/** The processor takes no longer instruction. */
const LENGTH_LIMIT = 15;
const FACTS_MASK = (1 << FACT_BITS) - 1;

/** What became of a decoding: an instruction, bytes that are not one, or bytes that end before it does. */
export type DecodeStatus = 'decoded' | 'invalid' | 'truncated';

/** What of an operand list the decoder has to know. */
const NEEDS_VVVV = 1;
const NEEDS_VSIB = 2;
const NEEDS_SEGMENT = 4;
const LOADS_SEGMENT = 8;
const NEEDS_CONTROL = 16;
/** CR0, CR2, CR3, CR4 and CR8. */
const CONTROL_REGISTERS = 0x11d;
const rowNeeds = new Lazy(() =>
  Uint8Array.from({ length: x86Encodings().count }, (_, row) =>
    operandsOf(row).reduce((needs, { place, vectorIndex, name }, index) => {
      const segment = name === 'cr' ? NEEDS_CONTROL : name !== 'sreg' ? 0 : index === 0 ? NEEDS_SEGMENT | LOADS_SEGMENT : NEEDS_SEGMENT;
      return needs | (place === Place.vvvv ? NEEDS_VVVV : 0) | (vectorIndex ? NEEDS_VSIB : 0) | segment;
    }, 0),
  ),
);

/** Decodes x86 or x64 into one object over and over. */
export class X86Decoder {
  readonly instruction = new DecodedInstruction();
  readonly #is64Bit: boolean;
  readonly #table = x86Encodings();
  readonly #rowNeeds = rowNeeds.value;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;
  #rex = 0;
  /** VEX or XOP. */
  #isVex = false;
  /** VEX.vvvv is 1111, as it must be without an operand there. */
  #vexUnused = true;
  #prefix = 0;
  #modrm = 0;

  constructor(is64Bit: boolean) {
    this.#is64Bit = is64Bit;
    this.instruction.is64Bit = is64Bit;
  }

  /** Decodes what begins at `at` into `instruction`, whose fields are valid only if the result is `decoded`. */
  decode(bytes: Uint8Array, at: number): DecodeStatus {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = Math.min(bytes.length, at + LENGTH_LIMIT);
    const isFound = this.#opcode();
    if (this.#at > this.#end) return at + LENGTH_LIMIT > bytes.length ? 'truncated' : 'invalid';
    if (!isFound) return 'invalid';
    this.instruction.length = this.#at - at;
    return 'decoded';
  }

  /** The next byte; past the end zero, which `decode` notices. */
  #u8(): number {
    const at = this.#at++;
    return at < this.#end ? this.#bytes[at]! : 0;
  }

  #opcode(): boolean {
    const first = this.#prefixes();
    const { instruction } = this;
    instruction.vvvv = 0;
    instruction.vectorSize = 128;
    this.#isVex = false;
    if (first === 0x0f) return this.#escape();
    const next = this.#at < this.#end ? this.#bytes[this.#at]! : 0;
    if ((first === 0xc4 || first === 0xc5) && (this.#is64Bit || next >= 0xc0)) return this.#vex(first);
    if (first === 0x8f && (next & 0x1f) >= 8) return this.#vex(first);
    return this.#row(MapNumber.oneByte, first);
  }

  #escape(): boolean {
    const second = this.#u8();
    if (second === 0x38) return this.#row(MapNumber.escape0F38, this.#u8());
    if (second === 0x3a) return this.#row(MapNumber.escape0F3A, this.#u8());
    if (second === 0x0f) return this.#now3D();
    return this.#row(MapNumber.escape0F, second);
  }

  /** 3DNow!: the opcode follows the operands. */
  #now3D(): boolean {
    this.#sizes();
    this.#modrm = this.#u8();
    this.#operandBytes();
    const suffix = this.#u8();
    const row = this.#find(MapNumber.now3D * 256 + suffix);
    return row >= 0 && !this.instruction.lock && this.#accept(row);
  }

  /** Takes the prefixes and returns the byte after them. */
  #prefixes(): number {
    const { instruction } = this;
    instruction.segment = Segment.none;
    instruction.segmentPrefix = Segment.none;
    instruction.lock = false;
    instruction.repeat = 0;
    instruction.hasOperandSizePrefix = false;
    instruction.hasAddressSizePrefix = false;
    this.#rex = 0;
    for (;;) {
      const byte = this.#u8();
      if (this.#is64Bit && (byte & 0xf0) === 0x40) {
        if (this.#at > this.#end) return 0;
        this.#rex = byte;
        continue;
      }
      if (!this.#takePrefix(byte)) return byte;
      this.#rex = 0;
    }
  }

  #takePrefix(byte: number): boolean {
    const { instruction } = this;
    switch (byte) {
      case 0x26:
      case 0x2e:
      case 0x36:
      case 0x3e:
        // 64-bit code has no use for these four, which do not take away FS and GS.
        if (!this.#is64Bit || instruction.segmentPrefix < Segment.fs) instruction.segmentPrefix = (byte - 0x26) >> 3;
        if (!this.#is64Bit) instruction.segment = instruction.segmentPrefix;
        return true;
      case 0x64:
      case 0x65:
        instruction.segmentPrefix = instruction.segment = byte - 0x60;
        return true;
      case 0x66:
        instruction.hasOperandSizePrefix = true;
        return true;
      case 0x67:
        instruction.hasAddressSizePrefix = true;
        return true;
      case 0xf0:
        instruction.lock = true;
        return true;
      case 0xf2:
      case 0xf3:
        instruction.repeat = byte;
        return true;
      default:
        return false;
    }
  }

  /** SDM volume 2, 2.3; AMD64 APM volume 3, 1.2.5 for XOP. */
  #vex(first: number): boolean {
    const { instruction } = this;
    const isValid = this.#rex === 0 && instruction.repeat === 0 && !instruction.hasOperandSizePrefix && !instruction.lock;
    const second = this.#u8();
    const third = first === 0xc5 ? second & 0x7f : this.#u8();
    const map = first === 0xc5 ? 1 : second & 0x1f;
    const inverted = first === 0xc5 ? (second & 0x80) | 0x60 : second & 0xe0;
    this.#rex = ((~inverted >> 5) & 7) | ((third & 0x80) >> 4);
    if (!this.#is64Bit) this.#rex = 0;
    instruction.vvvv = (~third >> 3) & (this.#is64Bit ? 15 : 7);
    instruction.vectorSize = third & 4 ? 256 : 128;
    this.#isVex = true;
    // pp: none, 66, F3, F2.
    this.#prefix = third & 3;
    this.#vexUnused = ((~third >> 3) & 15) === 0;
    instruction.w = third >> 7;
    const firstMap = first === 0x8f ? 8 : 1;
    if (!isValid || map < firstMap || map > firstMap + 2) return false;
    return this.#row((first === 0x8f ? MapNumber.xop : MapNumber.vex) + map - firstMap, this.#u8());
  }

  /** Operand and address size before the row's conditions. */
  #sizes(): void {
    const { instruction } = this;
    instruction.hasRex = this.#rex !== 0 && !this.#isVex;
    if (!this.#isVex) instruction.w = (this.#rex >> 3) & 1;
    if (this.#isVex) instruction.operandSize = this.#rex & 8 ? 64 : 32;
    else instruction.operandSize = instruction.w ? 64 : instruction.hasOperandSizePrefix ? 16 : 32;
    if (this.#is64Bit) instruction.addressSize = instruction.hasAddressSizePrefix ? 32 : 64;
    else instruction.addressSize = instruction.hasAddressSizePrefix ? 16 : 32;
    if (!this.#isVex)
      this.#prefix = instruction.repeat === 0xf3 ? 2 : instruction.repeat === 0xf2 ? 3 : instruction.hasOperandSizePrefix ? 1 : 0;
  }

  #row(map: number, opcode: number): boolean {
    const slot = map * 256 + opcode;
    this.instruction.opcode = opcode;
    this.instruction.opcodeRegister = (opcode & 7) | ((this.#rex & 1) << 3);
    this.#sizes();
    const hasModRM = this.#table.slotHasModRM[slot] === 1;
    this.#modrm = hasModRM ? this.#u8() : 0;
    this.instruction.isMemory = false;
    const row = this.#find(slot);
    if (row < 0) return false;
    if (this.#table.attributes[row]! & Attribute.register) this.#modrm |= 0xc0;
    if (hasModRM) this.#operandBytes();
    return this.#accept(row);
  }

  #find(slot: number): number {
    const { instruction } = this;
    const size = instruction.operandSize === 64 ? 2 : instruction.operandSize === 32 ? 1 : 0;
    const facts =
      (this.#prefix << Fact.prefix.shift) |
      (this.#modrm < 0xc0 ? 1 << Fact.memory.shift : 0) |
      (((this.#modrm >> 3) & 7) << Fact.reg.shift) |
      ((this.#modrm & 7) << Fact.rm.shift) |
      (this.#is64Bit ? 1 << Fact.is64Bit.shift : 0) |
      (size << Fact.size.shift) |
      (instruction.w << Fact.w.shift) |
      (instruction.vectorSize === 256 ? 1 << Fact.length.shift : 0) |
      ((this.#rex & 1) << Fact.b.shift);
    const { candidates, condition: conditions, firstCandidate } = this.#table;
    for (let index = firstCandidate[slot]!, end = firstCandidate[slot + 1]!; index < end; index++) {
      const row = candidates[index]!;
      const condition = conditions[row]!;
      if ((facts & (condition >>> FACT_BITS)) === (condition & FACTS_MASK)) return row;
    }
    return -1;
  }

  /** Sizes that the row decides, what it forbids, and its immediates. */
  #accept(row: number): boolean {
    const { instruction } = this;
    const attributes = this.#table.attributes[row]!;
    instruction.row = row;
    if (this.#is64Bit && attributes & (Attribute.d64 | Attribute.f64)) {
      if (attributes & Attribute.f64 || instruction.operandSize === 32) instruction.operandSize = 64;
    }
    if (instruction.lock && !(attributes & Attribute.lock && instruction.isMemory)) return false;
    if (attributes & Attribute.no66 && instruction.hasOperandSizePrefix) return false;
    const needs = this.#rowNeeds[row]!;
    if (this.#isVex && !(needs & NEEDS_VVVV) && !this.#vexUnused) return false;
    if (needs & NEEDS_SEGMENT && !this.#isSegment(needs)) return false;
    if (needs & NEEDS_CONTROL && !((CONTROL_REGISTERS >> instruction.reg) & 1)) return false;
    if (needs & NEEDS_VSIB) {
      if ((this.#modrm & 7) !== 4) return false;
      // As the number of a vector register, 4 is like any other.
      if (instruction.index === NO_REGISTER) instruction.index = 4;
    }
    this.#immediates(row);
    return true;
  }

  /** CS is not loaded by MOV; numbers 6 and 7 are not segment registers. */
  #isSegment(needs: number): boolean {
    const number = (this.#modrm >> 3) & 7;
    this.instruction.reg = number;
    return number < 6 && !(needs & LOADS_SEGMENT && number === Segment.cs);
  }

  /** ModRM, SIB and displacement. */
  #operandBytes(): void {
    const { instruction } = this;
    const mod = this.#modrm >> 6;
    const rm = this.#modrm & 7;
    instruction.reg = ((this.#modrm >> 3) & 7) | ((this.#rex & 4) << 1);
    instruction.rm = rm | ((this.#rex & 1) << 3);
    instruction.isMemory = mod !== 3;
    if (mod === 3) return;
    instruction.index = NO_REGISTER;
    instruction.scale = 1;
    if (instruction.addressSize === 16) this.#address16(mod, rm);
    else this.#address(mod, rm);
  }

  #address(mod: number, rm: number): void {
    const { instruction } = this;
    instruction.base = rm | ((this.#rex & 1) << 3);
    if (rm === 4) this.#sib(mod);
    else if (rm === 5 && mod === 0) {
      instruction.base = this.#is64Bit ? IP_REGISTER : NO_REGISTER;
      this.#displacement(4);
      return;
    }
    if (instruction.base !== NO_REGISTER) this.#displacement(mod === 1 ? 1 : mod === 2 ? 4 : 0);
  }

  #sib(mod: number): void {
    const { instruction } = this;
    const sib = this.#u8();
    const index = ((sib >> 3) & 7) | ((this.#rex & 2) << 2);
    instruction.scale = 1 << (sib >> 6);
    instruction.index = index === 4 ? NO_REGISTER : index;
    instruction.base = (sib & 7) | ((this.#rex & 1) << 3);
    if ((sib & 7) === 5 && mod === 0) {
      instruction.base = NO_REGISTER;
      this.#displacement(4);
    }
  }

  /** SDM volume 2, table 2-1. */
  #address16(mod: number, rm: number): void {
    const { instruction } = this;
    const [bx, bp, si, di] = [3, 5, 6, 7];
    instruction.base = [bx, bx, bp, bp, si, di, bp, bx][rm]!;
    instruction.index = [si, di, si, di][rm] ?? NO_REGISTER;
    if (rm === 6 && mod === 0) instruction.base = NO_REGISTER;
    this.#displacement(mod === 1 ? 1 : mod === 2 || instruction.base === NO_REGISTER ? 2 : 0);
  }

  #displacement(size: number): void {
    this.instruction.displacementSize = size;
    this.instruction.displacement = size === 0 ? 0 : this.#signed(size);
  }

  /** A little-endian integer of 1, 2 or 4 bytes, with its sign. */
  #signed(size: number): number {
    if (size === 1) return (this.#u8() << 24) >> 24;
    const low = this.#u8() | (this.#u8() << 8);
    return size === 2 ? (low << 16) >> 16 : low | (this.#u8() << 16) | (this.#u8() << 24);
  }

  #immediates(row: number): void {
    const { instruction } = this;
    const kinds = operandsOf(row);
    let isFirst = true;
    for (const { place, size } of kinds) {
      const z = instruction.operandSize === 16 ? 2 : 4;
      if (place === Place.immediate) {
        const bytes = size === 'v' ? instruction.operandSize / 8 : size === 'z' ? z : (size as number) / 8;
        if (isFirst) this.#immediate(bytes);
        else instruction.immediate2 = this.#u8();
        isFirst = false;
      } else if (place === Place.immediateSigned) this.#immediate(1);
      else if (place === Place.relative) this.#immediate(size === 8 ? 1 : z);
      else if (place === Place.is4 || place === Place.is5) instruction.immediate2 = this.#u8();
      else if (place === Place.memoryOffset) this.#memoryOffset();
      else if (place === Place.farPointer) {
        this.#immediate(z);
        instruction.immediateHigh = this.#signed(2) & 0xffff;
      }
    }
  }

  #immediate(bytes: number): void {
    const { instruction } = this;
    instruction.immediate = this.#signed(Math.min(bytes, 4));
    instruction.immediateHigh = bytes === 8 ? this.#signed(4) : instruction.immediate >> 31;
  }

  #memoryOffset(): void {
    const { instruction } = this;
    instruction.isMemory = true;
    instruction.base = instruction.index = NO_REGISTER;
    instruction.displacement = this.#signed(instruction.addressSize === 16 ? 2 : 4);
    instruction.immediateHigh = instruction.addressSize === 64 ? this.#signed(4) : 0;
    instruction.displacementSize = instruction.addressSize / 8;
  }
}
