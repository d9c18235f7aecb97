import { hexDigits } from '@ijw/binary';
import type { NanoAssembly, NanoRow } from './nano-assembly.ts';
import { type NanoBody, NanoCode, type NanoOperand } from './nano-code.ts';
import { NanoNames } from './nano-names.ts';
import { NanoMethodFlags, NanoTypeFlags, NO_INDEX, nanoLayouts } from './nano-tables.ts';

/** The code of an assembly as text, in the style of IL; a filter chooses types and members by their full names. @throws BadImageError for rows that expand without bounds */
export function* nanoText(assembly: NanoAssembly, isWanted: (name: string) => boolean = () => true): Generator<string> {
  assembly.expansion.renew();
  const names = new NanoNames(assembly);
  const code = new NanoCode(assembly);
  const types = assembly.table('TypeDef');
  for (let type = 0; types !== undefined && type < types.rowCount; type++) {
    const row = types.row(type);
    const name = names.of('TypeDef', type);
    const head = [classLine(names, row, name), '{'];
    let isOpen = isWanted(name);
    if (isOpen) yield* head;
    for (const line of membersOf(assembly, names, code, row, isWanted)) {
      if (!isOpen) yield* head;
      isOpen = true;
      yield line;
    }
    if (isOpen) yield* ['}', ''];
  }
}

const SEMANTICS: Readonly<Record<number, string>> = {
  [NanoTypeFlags.Interface]: 'interface ',
  [NanoTypeFlags.ValueType]: 'value ',
  [NanoTypeFlags.Enum]: 'enum ',
};

function classLine(names: NanoNames, row: NanoRow, name: string): string {
  const flags = Number(row.Flags);
  const words = `${SEMANTICS[flags & NanoTypeFlags.SemanticsMask] ?? ''}${flags & NanoTypeFlags.Abstract ? 'abstract ' : ''}${flags & NanoTypeFlags.Sealed ? 'sealed ' : ''}`;
  const base = row.Extends === NO_INDEX ? '' : ` extends ${names.compressed('type', Number(row.Extends))}`;
  const interfaces = names.signatures.interfaces(Number(row.Interfaces));
  return `.class ${words}${name}${base}${interfaces === '' ? '' : ` implements ${interfaces}`}`;
}

function* membersOf(
  assembly: NanoAssembly,
  names: NanoNames,
  code: NanoCode,
  row: NanoRow,
  isWanted: (name: string) => boolean,
): Generator<string> {
  const fields = assembly.table('FieldDef');
  for (const [first, count, words] of [
    [row.FirstStaticField, row.StaticFieldsCount, 'static '],
    [row.FirstInstanceField, row.InstanceFieldsCount, ''],
  ] as const)
    for (let index = Number(first); index < Math.min(Number(first) + Number(count), fields?.rowCount ?? 0); index++)
      if (isWanted(names.of('FieldDef', index)))
        yield `  .field ${words}${names.signatures.field(fields?.number(index, 'Signature') ?? NO_INDEX)} ${names.simple('FieldDef', index)}`;
  const methods = assembly.table('MethodDef');
  const count = Number(row.VirtualMethodCount) + Number(row.InstanceMethodCount) + Number(row.StaticMethodCount);
  const first = Number(row.FirstMethod);
  for (let index = first; index < Math.min(first + count, methods?.rowCount ?? 0); index++)
    if (isWanted(names.of('MethodDef', index))) yield* methodLines(assembly, names, code, index);
}

function* methodLines(assembly: NanoAssembly, names: NanoNames, code: NanoCode, index: number): Generator<string> {
  const row = assembly.table('MethodDef')?.row(index) ?? {};
  const flags = Number(row.Flags);
  const words = `${flags & NanoMethodFlags.Static ? 'static ' : ''}${flags & NanoMethodFlags.Abstract ? 'abstract ' : ''}${flags & NanoMethodFlags.Virtual ? 'virtual ' : ''}`;
  yield `  .method ${words}${names.signatures.method(Number(row.Signature), names.simple('MethodDef', index))}`;
  yield '  {';
  const body = code.body(index);
  if (body === undefined) yield `    // ${flags & NanoMethodFlags.Abstract ? 'abstract' : 'in the runtime'}`;
  else {
    yield `    .maxstack ${row.LengthEvalStack}`;
    const locals = names.signatures.locals(Number(row.Locals), Number(row.LocalsCount));
    if (locals !== '') yield `    .locals (${locals})`;
    yield* bodyLines(assembly, names, body);
  }
  yield '  }';
}

const label = (offset: number): string => `IL_${hexDigits(offset & 0xffff, 4)}`;

function* bodyLines(assembly: NanoAssembly, names: NanoNames, { instructions, handlers, error }: NanoBody): Generator<string> {
  for (const { offset, name, operand } of instructions) {
    const text = operandText(assembly, names, operand);
    yield `    ${label(offset)}: ${text === '' ? name : `${name.padEnd(10)} ${text}`}`;
  }
  for (const { mode, classOrFilter, tryStart, tryEnd, handlerStart, handlerEnd } of handlers) {
    const what = mode === 'catch' ? ` ${names.compressed('type', classOrFilter)}` : mode === 'filter' ? ` ${label(classOrFilter)}` : '';
    yield `    .try ${label(tryStart)} to ${label(tryEnd)} ${mode}${what} handler ${label(handlerStart)} to ${label(handlerEnd)}`;
  }
  if (error !== undefined) yield `    // ${error.message}`;
}

function operandText(assembly: NanoAssembly, names: NanoNames, operand: NanoOperand): string {
  switch (operand.kind) {
    case 'none':
      return '';
    case 'number':
      return String(operand.value);
    case 'target':
      return label(operand.target);
    case 'targets':
      return `(${operand.targets.map(label).join(', ')})`;
    case 'string':
      return JSON.stringify(assembly.string(operand.token));
    case 'token': {
      const table = nanoLayouts[assembly.header.format][operand.token >>> 24]?.name;
      return table === undefined ? `0x${hexDigits(operand.token, 8)}` : names.of(table, operand.token & 0xffff);
    }
    default:
      return names.compressed(operand.kind, operand.token);
  }
}

/** A method in JSON. */
export interface NanoMethodDocument {
  readonly index: number;
  readonly name: string;
  readonly signature: string;
  /** Absent for a method without code. */
  readonly instructions?: readonly { readonly offset: number; readonly name: string; readonly operand?: string }[];
  readonly handlers?: NanoBody['handlers'];
}

/** The methods that a filter chooses by their full name. */
export function* nanoCodeDocument(assembly: NanoAssembly, isWanted: (name: string) => boolean): Generator<NanoMethodDocument> {
  assembly.expansion.renew();
  const names = new NanoNames(assembly);
  const code = new NanoCode(assembly);
  const methods = assembly.table('MethodDef');
  for (let index = 0; methods !== undefined && index < methods.rowCount; index++) {
    const name = names.of('MethodDef', index);
    if (!isWanted(name) && !isWanted(name.slice(0, name.lastIndexOf('::')))) continue;
    const signature = names.signatures.method(methods.number(index, 'Signature'), names.simple('MethodDef', index));
    const body = code.body(index);
    const instructions = body?.instructions.map(({ offset, name: opCode, operand }) => {
      const text = operandText(assembly, names, operand);
      return { offset, name: opCode, ...(text !== '' && { operand: text }) };
    });
    yield { index, name, signature, ...(body && instructions && { instructions, handlers: body.handlers }) };
  }
}
