/** The bytes after the opcode in the instruction stream (ECMA-335 VI.C.2; `System.Reflection.Emit.OperandType`). */
export const OperandKind = {
  InlineNone: 0,
  /** One byte: signed for `ldc.i4.s`, unsigned for `unaligned.` and `no.`. */
  ShortInlineI: 1,
  /** One byte, the number of an argument or local variable. */
  ShortInlineVar: 2,
  /** One signed byte, counted from the end of the instruction. */
  ShortInlineBrTarget: 3,
  /** Two bytes, the number of an argument or local variable. */
  InlineVar: 4,
  InlineI: 5,
  /** An IEEE 754 single. */
  ShortInlineR: 6,
  /** Four signed bytes, counted from the end of the instruction. */
  InlineBrTarget: 7,
  InlineI8: 8,
  /** An IEEE 754 double. */
  InlineR: 9,
  /** MethodDef, MemberRef or MethodSpec. */
  InlineMethod: 10,
  /** Field or MemberRef. */
  InlineField: 11,
  /** TypeDef, TypeRef or TypeSpec. */
  InlineType: 12,
  /** Any of the three before. */
  InlineTok: 13,
  /** A place in the `#US` heap, written as a token with the table number 0x70. */
  InlineString: 14,
  /** StandAloneSig. */
  InlineSig: 15,
  /** A count, then as many four-byte distances from the end of the instruction. */
  InlineSwitch: 16,
} as const;
export type OperandKindName = keyof typeof OperandKind;
export type OperandKind = (typeof OperandKind)[OperandKindName];

/** The control flow after the instruction (`System.Reflection.Emit.FlowControl`). `Meta` is a prefix of the next instruction. */
export const FlowControl = { Next: 0, Call: 1, Branch: 2, CondBranch: 3, Return: 4, Throw: 5, Break: 6, Meta: 7 } as const;
export type FlowControlName = keyof typeof FlowControl;
export type FlowControl = (typeof FlowControl)[FlowControlName];

/** `Internal` rows name a byte that is not an instruction. */
export type OpCodeKind = 'Primitive' | 'Macro' | 'ObjectModel' | 'Prefix' | 'Internal';

/** The values that one instruction takes from the evaluation stack, the deepest first. `VarPop`: determined by the operand's signature. */
export type StackPop =
  | 'Pop0'
  | 'Pop1'
  | 'Pop1+Pop1'
  | 'PopI'
  | 'PopI+Pop1'
  | 'PopI+PopI'
  | 'PopI+PopI+PopI'
  | 'PopI+PopI8'
  | 'PopI+PopR4'
  | 'PopI+PopR8'
  | 'PopRef'
  | 'PopRef+Pop1'
  | 'PopRef+PopI'
  | 'PopRef+PopI+Pop1'
  | 'PopRef+PopI+PopI'
  | 'PopRef+PopI+PopI8'
  | 'PopRef+PopI+PopR4'
  | 'PopRef+PopI+PopR8'
  | 'PopRef+PopI+PopRef'
  | 'VarPop';
export type StackPush = 'Push0' | 'Push1' | 'Push1+Push1' | 'PushI' | 'PushI8' | 'PushR4' | 'PushR8' | 'PushRef' | 'VarPush';

/** One line of the table: name, encoding (`0xfeNN` where it has two bytes), operand, pop, push, flow, kind. */
export type OpCodeRow = readonly [string, number, OperandKindName, StackPop, StackPush, FlowControlName, OpCodeKind];

export interface OpCode<Name extends string = string> {
  readonly name: Name;
  /** `0xNN`, or `0xfeNN` where the opcode has two bytes. */
  readonly encoding: number;
  /** Dense number: `NN` for one byte, `0x1NN` for `0xfe 0xNN`. The tables of the decoder are indexed by it. */
  readonly index: number;
  /** Bytes of the opcode itself: 1 or 2. */
  readonly size: 1 | 2;
  readonly operandKind: OperandKind;
  readonly pop: StackPop;
  readonly push: StackPush;
  readonly flow: FlowControl;
  readonly kind: OpCodeKind;
}
