// Basic blocks, edges, stack depth and exception handlers, also of hostile code.
import { Diagnostics } from '@ijw/binary';
import {
  type CallEffects,
  CodeBuilder,
  type EncodableBody,
  encodeMethodBody,
  type MethodBody,
  readControlFlow,
  readMethodBody,
  readStackDepth,
} from '@ijw/il';
import { describe, expect, it } from 'vitest';

/** Calls with an even token take two values and give one; others are not known. */
const calls: CallEffects = (_, token) => (token % 2 === 0 ? { pops: 2, pushes: 1 } : undefined);

const bodyOf = (code: CodeBuilder, extra: Partial<EncodableBody> = {}): MethodBody =>
  readMethodBody(encodeMethodBody({ code: code.toCode(), exceptionClauses: code.toClauses(), ...extra }), 0);

function analyse(body: MethodBody) {
  const diagnostics = new Diagnostics();
  const flow = readControlFlow(body, diagnostics);
  const depth = readStackDepth(body, flow, calls, diagnostics);
  return {
    blocks: flow.blocks.map(({ start, end, successors }) => [start, end, ...successors.map((number) => flow.blocks[number]!.start)]),
    depth,
    codes: diagnostics.entries.map(({ code }) => code),
  };
}

/** ldarg.0; brtrue.s; one arm with two values, one with one; ret */
function diamond(): CodeBuilder {
  const code = new CodeBuilder();
  const [other, join] = [code.label(), code.label()];
  code.emit('ldarg.0').emit('brtrue.s', other);
  code.emit('ldc.i4.1').emit('ldc.i4.2').emit('add').emit('br.s', join);
  return code.mark(other).emit('ldc.i4.3').mark(join).emit('ret');
}

describe('control flow', () => {
  it('splits a branch and joins it again', () => {
    const { blocks, depth, codes } = analyse(bodyOf(diamond()));
    expect(blocks).toEqual([
      [0, 3, 8, 3],
      [3, 8, 9],
      [8, 9, 9],
      [9, 10],
    ]);
    expect(depth).toEqual({ maxStack: 2, entryDepths: [0, 0, 0, 1], unreachable: [] });
    expect(codes).toEqual([]);
  });

  it('gives a switch each of its targets once, and the next instruction', () => {
    const code = new CodeBuilder();
    const [one, two] = [code.label(), code.label()];
    code.emit('ldarg.0').emit('switch', [one, two, one]).emit('ret').mark(one).emit('ret').mark(two).emit('ret');
    expect(analyse(bodyOf(code)).blocks[0]).toEqual([0, 18, 19, 20, 18]);
  });

  it('finds code that nothing reaches, as one range', () => {
    const code = new CodeBuilder();
    const end = code.label();
    code.emit('br.s', end).emit('nop').emit('ret').emit('nop').emit('ret').mark(end).emit('ret');
    expect(analyse(bodyOf(code)).depth.unreachable).toEqual([{ start: 2, end: 6 }]);
  });

  it('enters handlers and filters with the exception on the stack, finally without', () => {
    const code = new CodeBuilder();
    const [start, tryEnd, filter, handler, handlerEnd, last, lastEnd, out] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) =>
      code.label(name),
    ) as never[];
    code.mark(start!).emit('ldnull').emit('leave.s', out!).mark(tryEnd!);
    code.mark(filter!).emit('pop').emit('ldc.i4.1').emit('endfilter');
    code.mark(handler!).emit('pop').emit('leave.s', out!).mark(handlerEnd!);
    code.mark(last!).emit('endfinally').mark(lastEnd!);
    code.mark(out!).emit('ret');
    code.clause({ kind: 'filter', try: [start!, tryEnd!], handler: [handler!, handlerEnd!], filter: filter! });
    code.clause({ kind: 'finally', try: [start!, handlerEnd!], handler: [last!, lastEnd!] });
    const { depth, codes } = analyse(bodyOf(code));
    expect(depth).toEqual({ maxStack: 1, entryDepths: [0, 1, 1, 0, 0], unreachable: [] });
    expect(codes).toEqual([]);
  });

  it('takes what a call does from its signature, and admits where it does not know', () => {
    const known = new CodeBuilder().emit('ldarg.0').emit('ldarg.1').emit('call', 0x0a000002).emit('pop').emit('ret');
    expect(analyse(bodyOf(known)).depth.maxStack).toBe(2);
    const unknown = new CodeBuilder().emit('ldarg.0').emit('call', 0x0a000001).emit('pop').emit('ret');
    expect(analyse(bodyOf(unknown))).toMatchObject({ depth: { maxStack: undefined }, codes: [] });
  });
});

describe('hostile code', () => {
  const reported = (code: CodeBuilder, extra?: Partial<EncodableBody>): string[] => analyse(bodyOf(code, extra)).codes;
  const clause = {
    kind: 'finally',
    flags: 2,
    tryOffset: 0,
    tryLength: 1,
    handlerOffset: 1,
    handlerLength: 1,
    classTokenOrFilterOffset: 0,
  } as const;
  const four = (): CodeBuilder => new CodeBuilder().emit('nop').emit('endfinally').emit('nop').emit('ret');

  it('reports a branch into the middle of an instruction, and out of the code', () => {
    expect(reported(new CodeBuilder().raw([0x2b, 1, 0x20, 0, 0, 0, 0, 0x26, 0x2a]))).toEqual(['BRANCH_INTO_INSTRUCTION']);
    expect(reported(new CodeBuilder().raw([0x2b, 0x7f, 0x2a]))).toEqual(['BRANCH_OUT_OF_CODE']);
    expect(reported(new CodeBuilder().raw([0x2b, 0x80, 0x2a]))).toEqual(['BRANCH_OUT_OF_CODE']);
  });

  it('reports what is no instruction, and code that does not end', () => {
    expect(reported(new CodeBuilder().raw([0x24, 0x2a]))).toEqual(['BAD_INSTRUCTION']);
    expect(reported(new CodeBuilder().emit('nop'))).toEqual(['FALLS_OFF_END']);
  });

  it('reports a stack that underflows, differs where paths meet, or is deeper than the header says', () => {
    expect(reported(new CodeBuilder().emit('pop').emit('ret'))).toEqual(['STACK_UNDERFLOW']);
    const code = new CodeBuilder();
    const join = code.label();
    code.emit('ldarg.0').emit('brtrue.s', join).emit('ldc.i4.0').mark(join).emit('ret');
    expect(reported(code)).toEqual(['STACK_MISMATCH']);
    expect(reported(diamond(), { maxStack: 1 })).toEqual(['STACK_OVERFLOW']);
  });

  it.each([
    ['leaves the code', { ...clause, handlerLength: 9 }, 'CLAUSE_OUT_OF_CODE'],
    ['is empty', { ...clause, tryLength: 0 }, 'CLAUSE_OUT_OF_CODE'],
    ['overlaps its own handler', { ...clause, tryLength: 2 }, 'CLAUSES_OVERLAP'],
  ])('reports a clause that %s', (_, bad, code) => {
    expect(reported(four(), { exceptionClauses: [bad] })).toContain(code);
  });

  it('reports a clause that starts in the middle of an instruction', () => {
    const code = new CodeBuilder().emit('ldc.i4', 0).emit('pop').emit('endfinally').emit('ret');
    expect(reported(code, { exceptionClauses: [{ ...clause, tryOffset: 1, tryLength: 4, handlerOffset: 6 }] })).toEqual([
      'CLAUSE_INTO_INSTRUCTION',
    ]);
  });

  it('reports clauses that cross, or share a handler', () => {
    const crossing = [clause, { ...clause, tryOffset: 1, tryLength: 2, handlerOffset: 3 }];
    const code = new CodeBuilder().emit('nop').emit('nop').emit('endfinally').emit('endfinally').emit('ret');
    const first = { ...clause, tryLength: 2, handlerOffset: 2 };
    expect(reported(code, { exceptionClauses: [first, { ...crossing[1]! }] })).toContain('CLAUSES_OVERLAP');
    expect(reported(code, { exceptionClauses: [first, first] })).toContain('CLAUSES_OVERLAP');
  });

  it('goes through a long chain of blocks without recursion', () => {
    const code = new CodeBuilder();
    for (let index = 0; index < 50_000; index++) code.raw([0x2b, 0]);
    expect(analyse(bodyOf(code.emit('ret')))).toMatchObject({ depth: { maxStack: 0, unreachable: [] }, codes: [] });
  });
});
