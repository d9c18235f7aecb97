import { type BadImageError, type Diagnostic, type Diagnostics, hexDigits } from '@ijw/binary';
import type { Metadata } from '@ijw/metadata';
import type { FieldDataReader } from '@ijw/metadata/layout';
import type { TypeIndex } from '@ijw/metadata/resolution';
import type { PEImage } from '@ijw/pe';
import type { MethodBodySource } from '../body/method-body-source.ts';
import type { ClassNesting } from './class-nesting.ts';
import type { InstructionText } from './instruction-text.ts';
import type { LineDirectives, LineNumbers } from './line-directive-text.ts';
import type { MemberColumns } from './member-columns.ts';
import type { NamedBy } from './named-rows.ts';
import type { ReferenceText } from './reference-text.ts';
import type { TextSink } from './text-sink.ts';

/** Where slots of the VTableFixups table and exports belong to methods: found by a package that reads mixed-mode images. */
export interface VTableText {
  readonly fixups: readonly { readonly rva: number; readonly count: number; readonly type: number; readonly bytes: Uint8Array }[];
  /** Record and slot, both from 1. */
  entriesOf(token: number): readonly { readonly record: number; readonly slot: number }[];
  exportsOf(token: number): Iterable<{ readonly ordinal: number; readonly name?: string }>;
  /** Exports that lead to no slot: native code and data. */
  readonly otherExports: readonly { readonly ordinal: number; readonly name?: string; readonly target: string }[];
}

/** The native code behind a method, a line each, as comments. */
export type NativeText = (rva: number) => readonly string[];

/** The compiled code of a method and of its instances, a line each, as comments. */
export type CompiledText = (methodToken: number) => Iterable<string>;

/** Source lines by method and IL offset. */
export interface SourceText {
  /** Lines to put before the instruction at an offset; `undefined` inside a statement. */
  linesOf(methodToken: number): ReadonlyMap<number, readonly string[]> | undefined;
}

export interface DisassemblyOptions {
  /** Only what the platform's assembler accepts; what it would drop or refuse is a diagnostic. Default: comments keep facts that the grammar cannot express. */
  readonly strict?: boolean;
  readonly tokens?: boolean;
  /** Show the bytes of instructions. */
  readonly bytes?: boolean;
  readonly rawExceptions?: boolean;
  readonly quoteAllNames?: boolean;
  readonly customAttributes?: 'blob' | 'verbal' | 'none';
  /** Leave bodies out. */
  readonly noIL?: boolean;
  /** Names of the visibilities to show, as `visibilityOf` gives them; all if absent. */
  readonly visibility?: ReadonlySet<string>;
  /** Declare every class first. */
  readonly forward?: boolean;
  readonly vtable?: VTableText;
  readonly native?: NativeText;
  readonly compiled?: CompiledText;
  readonly source?: SourceText;
  /** For `.line` and `.language`. */
  readonly lineNumbers?: LineNumbers;
}

/** The context of all parts of the disassembler. */
export interface Disassembly {
  readonly image: PEImage;
  readonly metadata: Metadata;
  readonly columns: MemberColumns;
  readonly references: ReferenceText;
  readonly namedBy: NamedBy;
  readonly nesting: ClassNesting;
  /** A byte for each row of CustomAttribute: 1 for those that stand in the text. */
  readonly writtenAttributes: Uint8Array;
  readonly types: TypeIndex;
  readonly instructions: InstructionText;
  readonly bodies: MethodBodySource;
  readonly data: FieldDataReader;
  /** The token of the entry point; 0 if absent or native. */
  readonly entryPoint: number;
  readonly lineDirectives: LineDirectives | undefined;
  readonly sink: TextSink;
  readonly options: DisassemblyOptions;
  readonly diagnostics: Diagnostics;
}

/** Writes a part, or the reason in the text and the diagnostics why it cannot be written. */
export function attempt(disassembly: Disassembly, token: number, write: () => void): void {
  try {
    write();
  } catch (error) {
    disassembly.diagnostics.record(error, 'error', token);
    disassembly.sink.finishLine().comment(`@error ${(error as BadImageError).code} ${hexDigits(token, 8)}: ${(error as Error).message}`);
  }
}

/** The text of a part of a line, or a comment with the reason why it is missing; the rest of the line is complete. */
export function partText({ diagnostics }: Disassembly, token: number, make: () => string): string {
  try {
    return make();
  } catch (error) {
    diagnostics.record(error, 'error', token);
    return `/*@error ${(error as BadImageError).code}*/ `;
  }
}

/** The diagnostic of strict text for a construct that the assembler would drop or refuse. */
export const lossDiagnostic = (message: string, token?: number): Diagnostic => ({
  code: 'NOT_ASSEMBLED',
  severity: 'warning',
  ...(token !== undefined && { token }),
  reading: 'IL text',
  message,
});

/** Something that the assembler would drop or refuse. */
export function limitation({ diagnostics, options, sink }: Disassembly, token: number, message: string): void {
  diagnostics.report({ ...lossDiagnostic(message, token), ...(!options.strict && { code: 'COMMENT_ONLY' }) });
  sink.comment(`@note ${message}`);
}

/** An error of the file, reported in the text and in the diagnostics. */
export function damage({ diagnostics, metadata, sink }: Disassembly, token: number, code: string, message: string): void {
  diagnostics.record(metadata.place.error(code, 0, 'IL text', message), 'error', token);
  sink.comment(`@error ${code}: ${message}`);
}

/** ` /* 06000001 *\/` where tokens are wanted. */
export const tokenComment = ({ options }: Disassembly, token: number): string =>
  options.tokens ? `/*${hexDigits(token, 8).toUpperCase()}*/ ` : '';
