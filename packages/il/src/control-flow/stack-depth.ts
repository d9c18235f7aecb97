import { type Diagnostics, hex } from '@ijw/binary';
import { BAD_INSTRUCTION, InstructionCursor } from '../body/instruction-cursor.ts';
import type { MethodBody } from '../body/method-body.ts';
import { OpCodes } from '../opcodes/opcode-table.ts';
import type { ControlFlow } from './control-flow.ts';
import { type CallEffects, popCounts, pushCounts, VARIABLE_COUNT } from './stack-effect.ts';

/** A range of code, in bytes. */
export interface CodeRange {
  readonly start: number;
  readonly end: number;
}

export interface StackDepth {
  /** The most values that are on the evaluation stack at once; `undefined` where a call's effect is not known. */
  readonly maxStack: number | undefined;
  /** Depth on entry by block number; `undefined` for blocks that nothing reaches. */
  readonly entryDepths: readonly (number | undefined)[];
  /** Code that nothing reaches, neighbouring blocks as one. */
  readonly unreachable: readonly CodeRange[];
}

const UNREACHED = -1;
const RET = OpCodes.ret.index;
const LEAVES = new Set([OpCodes.leave.index, OpCodes['leave.s'].index]);

/** Follows the blocks from the entry and from every handler, each once, with the depth that it was first reached with. */
class StackDepthReader {
  readonly body: MethodBody;
  readonly flow: ControlFlow;
  readonly callEffects: CallEffects;
  readonly diagnostics: Diagnostics | undefined;
  readonly #depths: Int32Array;
  readonly #pending: number[] = [];
  readonly #cursor: InstructionCursor;
  #max = 0;
  #known = true;

  constructor(body: MethodBody, flow: ControlFlow, callEffects: CallEffects, diagnostics: Diagnostics | undefined) {
    this.body = body;
    this.flow = flow;
    this.callEffects = callEffects;
    this.diagnostics = diagnostics;
    this.#depths = new Int32Array(flow.blocks.length).fill(UNREACHED);
    this.#cursor = new InstructionCursor(body.bytes, body.codeStart, body.codeEnd);
  }

  read(): StackDepth {
    this.#enter(this.flow.blockAt(0), 0);
    // ECMA-335 III.1.7.5, I.12.4.2: a handler and a filter start with the exception on an otherwise empty stack, finally and fault with none.
    for (const clause of this.body.exceptionClauses) {
      const depth = clause.kind === 'catch' || clause.kind === 'filter' ? 1 : 0;
      this.#enter(this.flow.blockAt(clause.handlerOffset), depth);
      if (clause.kind === 'filter') this.#enter(this.flow.blockAt(clause.classTokenOrFilterOffset), depth);
    }
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#block(next);
    if (this.#known && this.#max > this.body.maxStack) {
      this.#report('STACK_OVERFLOW', 0, `The code puts ${this.#max} values on the stack, and the header allows ${this.body.maxStack}`);
    }
    return {
      maxStack: this.#known ? this.#max : undefined,
      entryDepths: Array.from(this.#depths, (depth) => (depth === UNREACHED ? undefined : depth)),
      unreachable: this.#unreachable(),
    };
  }

  #report(code: string, offset: number, message: string): void {
    const at = this.body.headerSize + offset;
    const rva = this.body.rva === undefined ? {} : { rva: this.body.rva + at };
    this.diagnostics?.report({
      code,
      severity: 'error',
      offset: this.body.fileOffset + at,
      ...rva,
      reading: 'the code of a method',
      message,
    });
  }

  #enter(block: number | undefined, depth: number): void {
    if (block === undefined) return;
    const known = this.#depths[block]!;
    if (known === UNREACHED) {
      this.#depths[block] = depth;
      this.#max = Math.max(this.#max, depth);
      this.#pending.push(block);
    } else if (known !== depth && this.#known) {
      const { start } = this.flow.blocks[block]!;
      this.#report('STACK_MISMATCH', start, `${hex(start)} is reached with ${known} values on the stack and with ${depth}`);
    }
  }

  #block(number: number): void {
    const { start, end, successors } = this.flow.blocks[number]!;
    const cursor = this.#cursor;
    let depth = this.#depths[number]!;
    cursor.nextAt = cursor.start + start;
    while (cursor.nextAt - cursor.start < end && cursor.moveNext()) depth = this.#step(depth);
    if (LEAVES.has(cursor.index)) depth = 0;
    for (const successor of successors) this.#enter(successor, depth);
  }

  /** The depth behind the cursor's instruction. */
  #step(depth: number): number {
    const { index, offset } = this.#cursor;
    if (index === BAD_INSTRUCTION) return depth;
    if (index === RET) return 0;
    let pops = popCounts[index]!;
    let pushes = pushCounts[index]!;
    if (pops === VARIABLE_COUNT || pushes === VARIABLE_COUNT) {
      const effect = this.callEffects(index, this.#cursor.uint32);
      if (effect === undefined) this.#known = false;
      pops = effect?.pops ?? 0;
      pushes = effect?.pushes ?? 0;
    }
    if (pops > depth && this.#known) this.#report('STACK_UNDERFLOW', offset, `${pops} values are taken from a stack of ${depth}`);
    const after = Math.max(0, depth - pops) + pushes;
    this.#max = Math.max(this.#max, after);
    return after;
  }

  #unreachable(): CodeRange[] {
    const ranges: { start: number; end: number }[] = [];
    for (const { number, start, end } of this.flow.blocks) {
      if (this.#depths[number] !== UNREACHED) continue;
      const last = ranges.at(-1);
      if (last?.end === start) last.end = end;
      else ranges.push({ start, end });
    }
    return ranges;
  }
}

/**
 * How deep the evaluation stack gets, and which code nothing reaches. Every handler counts as reached. Reports underflow, depths that differ
 * where paths meet, and a `.maxstack` that is too small.
 */
export const readStackDepth = (body: MethodBody, flow: ControlFlow, callEffects: CallEffects, diagnostics?: Diagnostics): StackDepth =>
  new StackDepthReader(body, flow, callEffects, diagnostics).read();
