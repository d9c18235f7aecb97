import { basename, dirname, join } from 'node:path';
import type { Assembly } from '@ijw/assembly';
import { BadImageError, hex, hexDigits, printable } from '@ijw/binary';
import { demangle } from '@ijw/demangle';
import type { CompiledText, NativeText } from '@ijw/il';
import {
  type CompiledCell,
  CompiledCode,
  type CompiledMethod,
  canDecodeNative,
  type DescribeRva,
  NativeDisassembler,
  ownerOf,
} from '@ijw/il/native';
import { type Metadata, TableId } from '@ijw/metadata';
import { PEImage, type SymbolSource } from '@ijw/pe';
import { EAGER_IMPORTS, importSectionTypes, readReadyToRunHeader } from '@ijw/pe/ready-to-run';
import { type Boundary, importedFunctionText } from '@ijw/vtfixup';
import type { CommandContext } from './command.ts';
import { noteLine } from './output/error-line.ts';
import { stubTargetText } from './output/stub-target-text.ts';
import { filesBeside } from './search-path.ts';

/**
 * Native bodies as assembler text, with the function behind each jump through an import; with a Windows PDB beside the file, names of what is called. The decoder is
 * loaded here, and only when it is asked for.
 */
export async function nativeText({ io, file }: CommandContext, assembly: Assembly, boundary: Boundary): Promise<NativeText> {
  const { pdb } = assembly.windowsPdb(file, filesBeside(io, file));
  const disassembler = await NativeDisassembler.load(assembly.requireImage(), {
    metadata: assembly.requireMetadata(),
    ...(pdb && { describe: symbolNames(pdb, boundary) }),
  });
  return (rva) => {
    const stub = boundary.stubAt(rva);
    const head = stub === undefined || stub.hops.length === 0 ? [] : [`RVA ${hex(rva)} jmp → ${stubTargetText(stub)}`];
    return [...head, ...instructionLines(disassembler, rva)];
  };
}

/** The import behind a pointer, else the symbol at an address and how far behind its start that is. */
function symbolNames(symbols: SymbolSource, boundary: Boundary): DescribeRva {
  return (rva, use) => {
    const imported = use === 'memory' ? boundary.importedFunctions.get(rva) : undefined;
    if (imported !== undefined) return printable(importedFunctionText(imported));
    const found = symbols.nameAt(rva);
    if (found === undefined) return undefined;
    const name = printable(demangle(found.name, { style: 'short' }).text);
    return found.offset === 0 ? name : `${name}+${hex(found.offset)}`;
  };
}

function comment(disassembler: NativeDisassembler, instruction: Parameters<NativeDisassembler['comment']>[0]): string {
  const text = disassembler.comment(instruction);
  return text === undefined || text === '' ? '' : `  ; ${text}`;
}

function instructionLines(disassembler: NativeDisassembler, rva: number): readonly string[] {
  try {
    return disassembler
      .body(rva)
      .instructions.map(
        (instruction) =>
          `${hexDigits(instruction.rva, 8)}  ${instruction.mnemonic} ${instruction.operands}${comment(disassembler, instruction)}`,
      );
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    return [`@error ${error.code}: ${error.message}`];
  }
}

/** The compiled code of a ReadyToRun image as assembler text. */
export interface ReadyToRunText {
  /** Of a method and its instances. */
  readonly ofMethod: CompiledText;
  /** Of instances of other modules' methods, then the import sections with their cells. */
  readonly others: () => Iterable<string>;
}

/** The image with the code, and the code. */
interface CodeOfImage {
  readonly image: PEImage;
  readonly code: CompiledCode | undefined;
}

/** The code of a component is in the composite image beside it. */
function compiledCodeOf({ io, file }: CommandContext, image: PEImage, metadata: Metadata): CodeOfImage {
  const header = image.diagnostics.attempt(() => readReadyToRunHeader(image));
  const owner = header?.kind === 'readyToRun' ? ownerOf(image, header) : undefined;
  if (owner === undefined) return { image, code: CompiledCode.of(image, metadata) };
  const path = join(dirname(file), basename(owner));
  if (!io.isFile(path)) {
    io.writeError(noteLine(file, `--native: the compiled code is in ${owner}, which is not beside the file`));
    return { image, code: undefined };
  }
  const composite = PEImage.parse(io.readFile(path));
  return { image: composite, code: CompiledCode.ofComponent(composite, metadata) };
}

/** `undefined` for an image without compiled code, or for a machine whose code cannot be read. */
export async function readyToRunText(context: CommandContext, assembly: PEImage, metadata: Metadata): Promise<ReadyToRunText | undefined> {
  const { image, code } = canDecodeNative(assembly.machine)
    ? compiledCodeOf(context, assembly, metadata)
    : { image: assembly, code: undefined };
  if (code === undefined) return undefined;
  const disassembler = await NativeDisassembler.load(image, { ranges: code.functions, describe: (rva) => code.describe(rva) });
  const byToken = new Map<number, CompiledMethod[]>();
  const others: CompiledMethod[] = [];
  for (const method of code.methods) {
    if (method.token === undefined || method.token >>> 24 !== TableId.MethodDef) {
      // A composite image has the instances of all its components.
      if (image === assembly) others.push(method);
    } else byToken.set(method.token, [...(byToken.get(method.token) ?? []), method]);
  }
  const lines = function* (methods: readonly CompiledMethod[]): Generator<string> {
    for (const method of methods) yield* methodLines(disassembler, code, method);
  };
  const rest = function* (): Generator<string> {
    yield* lines(others);
    if (image === assembly) yield* importLines(code);
  };
  return { ofMethod: (token) => lines(byToken.get(token) ?? []), others: rest };
}

function* methodLines(disassembler: NativeDisassembler, code: CompiledCode, method: CompiledMethod): Generator<string> {
  for (const [index, { start, end }] of method.functions.entries()) {
    const what = index > 0 ? 'funclet or cold part' : method.isInstance ? `code of ${method.name}` : 'code';
    yield `ReadyToRun ${what} at RVA ${hex(start)}, ${end - start} bytes`;
    if (index === 0) for (const cell of code.fixupsOf(method)) yield `fixup ${cellLine(cell)}`;
    yield* instructionLines(disassembler, start);
  }
}

const cellLine = ({ rva, kind, text }: CompiledCell): string => `RVA ${hex(rva)}${kind === undefined ? '' : ` ${kind}`}: ${text}`;

function* importLines(code: CompiledCode): Generator<string> {
  for (const { rva, size, type, flags, cells } of code.imports()) {
    const eager = flags & EAGER_IMPORTS ? ', filled when the image is loaded' : '';
    yield `ReadyToRun import section at RVA ${hex(rva)}, ${size} bytes, type ${importSectionTypes[type] ?? type}${eager}`;
    for (const cell of cells) yield cellLine(cell);
  }
}
