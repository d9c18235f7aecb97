import { hexBytes } from '@ijw/binary';
import type { Metadata } from '@ijw/metadata';
import { sha1 } from '@ijw/metadata/resolution';
import type { PEImage } from '@ijw/pe';
import { type ExceptionClause, exceptionClauseKind } from '../body/exception-clause.ts';
import { InstructionCursor } from '../body/instruction-cursor.ts';
import type { MethodBody } from '../body/method-body.ts';
import { type MethodCode, methodCodes } from '../body/method-body-source.ts';
import { AsciiWriter, type ByteSink } from './ascii-writer.ts';
import { writeInstructionLines } from './instruction-listing.ts';

export interface ListingOptions {
  /** Write the `I` lines. Default true. */
  readonly instructions?: boolean;
  /** Only the method with this row number. */
  readonly rid?: number;
}

/** The counts of the `Z` line. */
export interface ListingTotals {
  readonly bodies: number;
  readonly instructions: number;
  /** Bytes of code. */
  readonly codeBytes: number;
}

const NEWLINE = 0x0a;

/** System.Reflection.Metadata keeps 16 bits of a clause's flags; what it shows as `fault` is everything but the first three. */
function clauseName({ flags }: ExceptionClause): 'catch' | 'filter' | 'finally' | 'fault' {
  const kind = exceptionClauseKind(flags & 0xffff);
  return kind === 'unknown' ? 'fault' : kind;
}

/** It shows no token whose upper bit is set, which it marks handles of its own with. */
const shownToken = (token: number): number => (token > 0x7fffffff ? 0 : token);

/** It takes row 0 of StandAloneSig for no locals. */
const shownLocals = (token: number): number => ((token & 0xffffff) === 0 ? 0 : token);

/** Writes one method after another, reusing its buffers. */
class Lister {
  readonly #out: AsciiWriter;
  readonly #lines = new AsciiWriter();
  readonly #cursor = new InstructionCursor(new Uint8Array(0));
  readonly #instructions: boolean;
  #bodies = 0;
  #count = 0;
  #codeBytes = 0;

  constructor(out: AsciiWriter, instructions: boolean) {
    this.#out = out;
    this.#instructions = instructions;
  }

  get totals(): ListingTotals {
    return { bodies: this.#bodies, instructions: this.#count, codeBytes: this.#codeBytes };
  }

  method(code: MethodCode): void {
    const { rid, rva, implFlags } = code.method;
    this.#out.text('M ').decimal(rid).space().hex(rva, 1);
    if (code.kind === 'native') this.#out.text(' native implflags=').hex(implFlags, 1).line();
    else if (code.kind === 'bad' || code.body.diagnostics.some(({ severity }) => severity === 'error')) this.#out.text(' !error').line();
    else this.#body(rid, code.body);
  }

  #body(rid: number, body: MethodBody): void {
    this.#lines.clear();
    this.#cursor.reset(body.bytes, body.codeStart, body.codeEnd);
    const count = writeInstructionLines(this.#lines, this.#cursor);
    this.#bodies++;
    this.#count += count;
    this.#codeBytes += body.codeSize;
    const out = this.#out.text(` ${body.format} max=`).decimal(body.maxStack).text(' size=').decimal(body.codeSize);
    out
      .text(' locals=')
      .hex(shownLocals(body.localVarSigToken), 8)
      .text(body.initLocals ? ' init=1 eh=' : ' init=0 eh=')
      .decimal(body.exceptionClauses.length);
    out
      .text(' n=')
      .decimal(count)
      .text(' sha1=')
      .text(hexBytes(sha1(this.#lines.written)))
      .line();
    for (const [index, clause] of body.exceptionClauses.entries()) this.#clause(rid, index, clause);
    if (this.#instructions) this.#instructionLines(rid);
  }

  #clause(rid: number, index: number, clause: ExceptionClause): void {
    const name = clauseName(clause);
    const last = clause.classTokenOrFilterOffset;
    const shown = name === 'catch' ? shownToken(last) : name === 'filter' ? last : 0;
    const out = this.#out.text('E ').decimal(rid).space().decimal(index).space().text(name).space();
    out.hex(clause.tryOffset, 4).space().hex(clause.tryLength, 4).space().hex(clause.handlerOffset, 4).space().hex(clause.handlerLength, 4);
    out.space().hex(shown, 8).line();
  }

  #instructionLines(rid: number): void {
    const lines = this.#lines.written;
    const prefix = `I ${rid} `;
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(NEWLINE, start) + 1;
      this.#out.text(prefix).bytes(lines.subarray(start, end));
      start = end;
    }
  }
}

/**
 * Writes the listing of an image's bodies, for comparing readers with one another: a line `M` for each method with code, `E` for each exception
 * clause, `I` for each instruction, `Z` at the end. The text is ASCII and reaches the sink in chunks, whose bytes are valid until it returns.
 */
export function writeILListing(image: PEImage, metadata: Metadata, sink: ByteSink, options: ListingOptions = {}): ListingTotals {
  const out = new AsciiWriter(sink);
  const lister = new Lister(out, options.instructions ?? true);
  for (const code of methodCodes(image, metadata)) {
    if (options.rid === undefined || code.method.rid === options.rid) lister.method(code);
  }
  const { bodies, instructions, codeBytes } = lister.totals;
  out.text('Z bodies=').decimal(bodies).text(' instructions=').decimal(instructions).text(' ilbytes=').decimal(codeBytes).line().flush();
  return lister.totals;
}
