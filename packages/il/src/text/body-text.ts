import { hex, hexDigits } from '@ijw/binary';
import type { MethodDefToken, Token, TypeDefOrRefToken } from '@ijw/metadata';
import { signatureKindOf } from '@ijw/metadata/signatures';
import type { ExceptionClause } from '../body/exception-clause.ts';
import { BAD_INSTRUCTION, InstructionCursor } from '../body/instruction-cursor.ts';
import type { MethodBody } from '../body/method-body.ts';
import { attempt, type Disassembly, limitation, partText } from './disassembly.ts';
import { type CodeBlock, exceptionBlocks } from './exception-blocks.ts';
import type { ArgumentNames, OperandNames } from './instruction-text.ts';
import type { TextSink } from './text-sink.ts';

/** A body: `.entrypoint`, `.maxstack`, `.locals`, instructions, exception clauses. @throws BadImageError if the address holds no body */
export function writeBody(disassembly: Disassembly, token: MethodDefToken, rva: number, argumentNames: () => ArgumentNames): void {
  const { bodies, diagnostics, sink } = disassembly;
  const body = bodies.read(rva, token);
  for (const diagnostic of body.diagnostics) {
    diagnostics.report(diagnostic);
    sink.comment(`@error ${diagnostic.code}: ${diagnostic.message}`);
  }
  if (disassembly.entryPoint === token) sink.line('.entrypoint');
  sink.start().text('// Code size ').decimal(body.codeSize).text(' (0x').text(hexDigits(body.codeSize)).text(')').end();
  sink.start().text('.maxstack  ').decimal(body.maxStack).end();
  let locals = 0;
  attempt(disassembly, token, () => {
    locals = writeLocals(disassembly, body);
  });
  const operands = new BodyOperands(body, locals, argumentNames);
  const clauses = body.exceptionClauses;
  const blocks =
    clauses.length === 0 || disassembly.options.rawExceptions
      ? undefined
      : exceptionBlocks(clauses, (offset) => offset === operands.end || operands.isBoundary(offset));
  new BodyWriter(disassembly, body, operands, blocks ?? NO_BLOCKS, token).write();
  if (blocks === undefined) for (const clause of clauses) writeRawClause(disassembly, token, clause);
}

const NO_BLOCKS: readonly CodeBlock[] = [];

/** What the operands of one body are called. Most bodies are without branches, and need no walk before the one that writes them. */
class BodyOperands implements OperandNames {
  readonly locals: number;
  readonly end: number;
  readonly #body: MethodBody;
  readonly #argumentNames: () => ArgumentNames;
  #arguments: ArgumentNames | undefined;
  #boundaries: Uint8Array | undefined;

  constructor(body: MethodBody, locals: number, argumentNames: () => ArgumentNames) {
    this.locals = locals;
    this.end = body.codeEnd - body.codeStart;
    this.#body = body;
    this.#argumentNames = argumentNames;
  }

  get arguments(): ArgumentNames {
    this.#arguments ??= this.#argumentNames();
    return this.#arguments;
  }

  isBoundary(offset: number): boolean {
    this.#boundaries ??= instructionBoundaries(this.#body);
    return offset >= 0 && offset < this.end && this.#boundaries[offset] === 1;
  }
}

/** One byte for each offset of the code: 1 where an instruction starts. */
function instructionBoundaries(body: MethodBody): Uint8Array {
  const starts = new Uint8Array(body.codeEnd - body.codeStart);
  const cursor = new InstructionCursor(body.bytes, body.codeStart, body.codeEnd);
  while (cursor.moveNext()) starts[cursor.at - body.codeStart] = 1;
  return starts;
}

/** `.locals init (…)`; returns how many there are. The flag stands without locals too. */
function writeLocals(disassembly: Disassembly, body: MethodBody): number {
  const { metadata, references, sink } = disassembly;
  const init = body.initLocals ? 'init ' : '';
  const rid = body.localVarSigToken & 0xffffff;
  if (rid === 0) {
    if (body.initLocals) sink.line('.locals init ()');
    return 0;
  }
  const blob = metadata.tables.StandAloneSig.get(rid, 'Signature');
  const { blobs } = metadata;
  if (blobs.open(blob) > 0 && signatureKindOf(blobs.bytes[blobs.start(blob)]!) !== 'locals') {
    limitation(disassembly, body.localVarSigToken, 'The signature of the locals is of another kind');
    return 0;
  }
  const types = references.locals(blob);
  if (types.length === 0 && disassembly.options.strict)
    limitation(disassembly, body.localVarSigToken, 'The signature of the locals is empty: ilasm makes no signature for it');
  const { buffer } = references;
  sink.start().text(`.locals ${init}(`);
  for (let index = 0; index < types.length; index++) {
    if (index > 0) sink.text(',').end().start().text('         ');
    sink
      .run(buffer.view, types[index]!, types[index + 1] ?? buffer.length)
      .text(' V_')
      .decimal(index);
  }
  sink.text(')').end();
  return types.length;
}

/** ECMA-335 II.19, with offsets: says every clause as it is stored. */
function writeRawClause(disassembly: Disassembly, token: Token, clause: ExceptionClause): void {
  const { sink } = disassembly;
  const at = (offset: number): string => hex(offset, 4);
  const handler = `handler ${at(clause.handlerOffset)} to ${at(clause.handlerOffset + clause.handlerLength)}`;
  if (clause.kind === 'unknown') limitation(disassembly, token, `An exception clause has the flags ${hex(clause.flags)}`);
  else {
    sink.start().text(`.try ${at(clause.tryOffset)} to ${at(clause.tryOffset + clause.tryLength)} ${clause.kind}`);
    if (clause.kind === 'catch') writeCaught(disassembly, sink.text(' '), clause);
    if (clause.kind === 'filter') sink.text(` ${at(clause.classTokenOrFilterOffset)}`);
    sink.text(` ${handler}`).end();
  }
}

/** The type that a clause catches. */
function writeCaught(disassembly: Disassembly, sink: TextSink, { classTokenOrFilterOffset: type }: ExceptionClause): void {
  const error = partText(disassembly, type, () => {
    disassembly.references.writeType(sink, type as TypeDefOrRefToken);
    return '';
  });
  if (error !== '') sink.text(`mdtoken(${hex(type, 8)}) ${error}`);
}

/** Lines before instructions, by offset. */
type SourceLines = ReadonlyMap<number, readonly string[]> | undefined;

/** Writes the instructions of one body, opening and closing blocks on the way. */
class BodyWriter {
  readonly #disassembly: Disassembly;
  readonly #body: MethodBody;
  readonly #operands: OperandNames;
  readonly #blocks: readonly CodeBlock[];
  readonly #open: CodeBlock[] = [];
  readonly #comments: SourceLines;
  readonly #directives: SourceLines;
  #next = 0;

  constructor(disassembly: Disassembly, body: MethodBody, operands: OperandNames, blocks: readonly CodeBlock[], token: MethodDefToken) {
    this.#disassembly = disassembly;
    this.#body = body;
    this.#operands = operands;
    this.#blocks = blocks;
    this.#comments = disassembly.options.source?.linesOf(token);
    this.#directives = disassembly.lineDirectives?.linesOf(token);
  }

  write(): void {
    const { instructions, options, sink } = this.#disassembly;
    const { bytes, codeStart, codeEnd } = this.#body;
    const cursor = new InstructionCursor(bytes, codeStart, codeEnd);
    const hasBlocks = this.#blocks.length > 0;
    const hasSource = this.#comments !== undefined || this.#directives !== undefined;
    while (cursor.moveNext()) {
      const offset = cursor.at - codeStart;
      if (hasBlocks) this.#cross(offset);
      if (hasSource) this.#writeSource(offset);
      sink.startInstruction(offset);
      if (options.bytes) sink.text('/* ').hexBytes(bytes, cursor.at, cursor.nextAt).text(' */ ');
      if (cursor.index === BAD_INSTRUCTION || instructions.isLostInText(cursor)) this.#bytes(cursor.at, cursor.nextAt);
      else this.#instruction(cursor);
      sink.end();
    }
    if (hasBlocks) this.#cross(codeEnd - codeStart);
  }

  #writeSource(offset: number): void {
    const { sink } = this.#disassembly;
    for (const line of this.#comments?.get(offset) ?? []) sink.comment(line);
    for (const line of this.#directives?.get(offset) ?? []) sink.line(line);
  }

  #instruction(cursor: InstructionCursor): void {
    const { diagnostics, instructions, sink } = this.#disassembly;
    try {
      instructions.write(sink, cursor, this.#operands);
    } catch (error) {
      diagnostics.record(error, 'error');
      this.#bytes(cursor.at, cursor.nextAt);
      sink.text(' //@error the operand names nothing');
    }
  }

  /** Bytes that are not an instruction, or one that has no exact text, as the assembler takes them. */
  #bytes(start: number, end: number): void {
    const { sink } = this.#disassembly;
    for (let at = start; at < end; at++) {
      if (at > start) sink.end().start().text('          ');
      sink.text(`.emitbyte ${hex(this.#body.bytes[at]!, 2)}`);
    }
  }

  /** Closes the blocks that end at an offset and opens those that start there. */
  #cross(offset: number): void {
    const { sink } = this.#disassembly;
    while (this.#open.length > 0 && this.#open.at(-1)!.end <= offset) {
      const block = this.#open.pop()!;
      sink.indent -= 2;
      sink.line(block.kind === 'handler' ? '}  // end handler' : block.kind === 'try' ? '}  // end .try' : '}  // end filter');
    }
    for (let block = this.#blocks[this.#next]; block !== undefined && block.start <= offset; block = this.#blocks[++this.#next]) {
      this.#writeHead(block);
      sink.line('{');
      sink.indent += 2;
      this.#open.push(block);
    }
  }

  #writeHead({ kind, clause }: CodeBlock): void {
    const { sink } = this.#disassembly;
    if (kind === 'try') sink.line('.try');
    else if (kind === 'filter') sink.line('filter');
    else if (clause.kind === 'catch') {
      writeCaught(this.#disassembly, sink.start().text('catch '), clause);
      sink.end();
    } else if (clause.kind !== 'filter') sink.line(clause.kind);
  }
}
