export { CodeBuilder, type Label, type LabelledClause, type OperandValue } from './body/code-builder.ts';
export {
  type ExceptionClause,
  ExceptionClauseFlags,
  type ExceptionClauseKind,
  exceptionClauseKind,
} from './body/exception-clause.ts';
export {
  type BadInstruction,
  decodeInstructions,
  floatOperand,
  type Instruction,
  instructionAt,
  type Operand,
  type OperandType,
  operandAt,
} from './body/instruction.ts';
export { BAD_INSTRUCTION, InstructionCursor } from './body/instruction-cursor.ts';
export { type EncodableInstruction, encodedSize, encodeInstruction, encodeInstructions } from './body/instruction-encoder.ts';
export { codeOf, type MethodBody, MethodBodyFlags, type MethodBodyOptions, readMethodBody, TINY_MAX_STACK } from './body/method-body.ts';
export { type EncodableBody, encodeMethodBody, type RawSection } from './body/method-body-encoder.ts';
export { MethodBodySource, type MethodCode, type MethodWithCode, methodCodes, methodsWithCode } from './body/method-body-source.ts';
export { type MethodDataSection, MethodSectionFlags } from './body/method-data-section.ts';
export { type BasicBlock, type ControlFlow, readControlFlow } from './control-flow/control-flow.ts';
export { type ILStatistics, readILStatistics } from './control-flow/il-statistics.ts';
export { scanInstructions } from './control-flow/instruction-scan.ts';
export { type CodeRange, readStackDepth, type StackDepth } from './control-flow/stack-depth.ts';
export { type CallEffects, callEffectsOf, type StackEffect } from './control-flow/stack-effect.ts';
export { type TokenUse, tokenUses } from './control-flow/token-use.ts';
export type { ByteSink } from './listing/ascii-writer.ts';
export { type ListingOptions, type ListingTotals, writeILListing } from './listing/il-listing.ts';
export { type InstructionDocument, type MethodDocument, type MethodDocumentOptions, methodDocuments } from './listing/method-documents.ts';
export {
  FlowControl,
  type OpCode,
  type OpCodeKind,
  OperandKind,
  type OperandKindName,
  type StackPop,
  type StackPush,
} from './opcodes/opcode.ts';
export { allOpCodes, type OpCodeName, OpCodes, opCodeOf, opCodesByIndex, operandKindNames } from './opcodes/opcode-table.ts';
export { type DisassemblyResult, disassemble, type MemberFilter } from './text/disassembler.ts';
export type { CompiledText, DisassemblyOptions, NativeText, SourceText, VTableText } from './text/disassembly.ts';
export type { LineDocument, LineNumbers, LinePoint } from './text/line-directive-text.ts';
export type { ResourceFile } from './text/manifest-text.ts';
export { SingleInstructionText } from './text/single-instruction-text.ts';
