import { type Diagnostics, hex } from '@ijw/binary';
import { BAD_INSTRUCTION, InstructionCursor } from '../body/instruction-cursor.ts';
import type { MethodBody } from '../body/method-body.ts';
import { FlowControl, OperandKind } from '../opcodes/opcode.ts';
import { OpCodes, opCodesByIndex } from '../opcodes/opcode-table.ts';
import { checkExceptionClauses } from './check-exception-clauses.ts';

/** Instructions that run one after another: entered at the first, left behind the last. Offsets are in bytes of code. */
export interface BasicBlock {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** Numbers of the blocks that may come next, exceptions aside, each once. */
  readonly successors: readonly number[];
}

/** The blocks of a body, in the order of the code. */
export interface ControlFlow {
  readonly blocks: readonly BasicBlock[];
  readonly instructionCount: number;
  /** Number of the block that starts at the offset. */
  blockAt(offset: number): number | undefined;
}

const STARTS = 1;
const LEADS = 2;

const TERMINATORS: ReadonlySet<number> = new Set([FlowControl.Branch, FlowControl.Return, FlowControl.Throw]);

/** 1 by opcode index where the next instruction is not reached from this one. */
const terminates: Uint8Array = Uint8Array.from(opCodesByIndex, (opCode) =>
  opCode && (TERMINATORS.has(opCode.flow) || opCode === OpCodes.jmp) ? 1 : 0,
);

/** Whether the cursor's instruction never goes on to the one after it. */
export const endsPath = (cursor: InstructionCursor): boolean => cursor.index !== BAD_INSTRUCTION && terminates[cursor.index] === 1;

/** Calls `visit` with each place that the cursor's instruction may branch to. */
function eachTarget(cursor: InstructionCursor, visit: (target: number) => void): void {
  if (cursor.operandKind === OperandKind.InlineSwitch) {
    for (let index = 0; index < cursor.switchCount; index++) visit(cursor.switchTarget(index));
  } else if (cursor.operandKind === OperandKind.InlineBrTarget || cursor.operandKind === OperandKind.ShortInlineBrTarget) {
    visit(cursor.branchTarget);
  }
}

/** Reads the code twice: first for where instructions and blocks start, then for how the blocks are connected. */
class ControlFlowReader {
  readonly body: MethodBody;
  readonly diagnostics: Diagnostics | undefined;
  readonly codeSize: number;
  /** Bits by offset. */
  readonly #marks: Uint8Array;
  #instructionCount = 0;

  constructor(body: MethodBody, diagnostics: Diagnostics | undefined) {
    this.body = body;
    this.diagnostics = diagnostics;
    this.codeSize = body.codeEnd - body.codeStart;
    this.#marks = new Uint8Array(this.codeSize);
  }

  read(): ControlFlow {
    this.#markStarts();
    this.#markLeaders();
    checkExceptionClauses(this.body, (offset) => this.#is(offset, STARTS), this.diagnostics);
    const { blocks, numbers } = this.#connect(this.#split());
    return { blocks, instructionCount: this.#instructionCount, blockAt: (offset) => numbers.get(offset) };
  }

  #cursor(): InstructionCursor {
    return new InstructionCursor(this.body.bytes, this.body.codeStart, this.body.codeEnd);
  }

  #is(offset: number, mark: number): boolean {
    return ((this.#marks[offset] ?? 0) & mark) !== 0;
  }

  #lead(offset: number): void {
    if (offset >= 0 && offset < this.codeSize) this.#marks[offset] = this.#marks[offset]! | LEADS;
  }

  #report(severity: 'error' | 'warning', code: string, offset: number, message: string): void {
    const at = this.body.fileOffset + this.body.headerSize + offset;
    const rva = this.body.rva === undefined ? {} : { rva: this.body.rva + this.body.headerSize + offset };
    this.diagnostics?.report({ code, severity, offset: at, ...rva, reading: 'the code of a method', message });
  }

  #markStarts(): void {
    for (const cursor = this.#cursor(); cursor.moveNext(); ) {
      this.#marks[cursor.offset] = STARTS;
      this.#instructionCount++;
      if (cursor.index !== BAD_INSTRUCTION) continue;
      this.#report(
        'error',
        'BAD_INSTRUCTION',
        cursor.offset,
        `${hex(this.body.bytes[cursor.at]!, 2)} is not the start of a whole instruction`,
      );
    }
  }

  #markLeaders(): void {
    this.#lead(0);
    for (const cursor = this.#cursor(); cursor.moveNext(); ) {
      const { offset } = cursor;
      let branches = false;
      eachTarget(cursor, (target) => {
        branches = true;
        this.#checkTarget(offset, target);
        this.#lead(target);
      });
      if (branches || endsPath(cursor)) this.#lead(cursor.nextAt - cursor.start);
      else if (cursor.nextAt === cursor.end) this.#report('error', 'FALLS_OFF_END', offset, 'Control runs past the last instruction');
    }
    for (const clause of this.body.exceptionClauses) {
      this.#lead(clause.tryOffset);
      this.#lead(clause.tryOffset + clause.tryLength);
      this.#lead(clause.handlerOffset);
      this.#lead(clause.handlerOffset + clause.handlerLength);
      if (clause.kind === 'filter') this.#lead(clause.classTokenOrFilterOffset);
    }
  }

  #checkTarget(offset: number, target: number): void {
    if (target < 0 || target >= this.codeSize) {
      this.#report('error', 'BRANCH_OUT_OF_CODE', offset, `The branch goes to ${hex(target)}; the code ends at ${hex(this.codeSize)}`);
    } else if (!this.#is(target, STARTS)) {
      this.#report('error', 'BRANCH_INTO_INSTRUCTION', offset, `The branch goes to ${hex(target)}, into the middle of an instruction`);
    }
  }

  /** Where blocks start. A mark in the middle of an instruction starts none. */
  #split(): number[] {
    const starts: number[] = [];
    for (let offset = 0; offset < this.codeSize; offset++) {
      if (this.#marks[offset] === (STARTS | LEADS)) starts.push(offset);
    }
    return starts;
  }

  #connect(starts: readonly number[]): { blocks: BasicBlock[]; numbers: Map<number, number> } {
    const numbers = new Map(starts.map((start, number) => [start, number]));
    const cursor = this.#cursor();
    const blocks = starts.map((start, number) => {
      const end = starts[number + 1] ?? this.codeSize;
      const successors = new Set<number>();
      const add = (target: number): void => {
        const successor = numbers.get(target);
        if (successor !== undefined) successors.add(successor);
      };
      while (cursor.nextAt - cursor.start < end && cursor.moveNext()) {}
      eachTarget(cursor, add);
      if (!endsPath(cursor)) add(end);
      return { number, start, end, successors: [...successors] };
    });
    return { blocks, numbers };
  }
}

/**
 * The basic blocks of a body. What is wrong with the code (an invalid instruction, a branch out of it or into the middle of an instruction,
 * control that runs past the end, clauses that do not fit) is reported, and the rest is given.
 */
export const readControlFlow = (body: MethodBody, diagnostics?: Diagnostics): ControlFlow =>
  new ControlFlowReader(body, diagnostics).read();
