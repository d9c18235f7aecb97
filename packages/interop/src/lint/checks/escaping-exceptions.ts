import type { ExceptionClause, Instruction, MethodBody } from '@ijw/il';
import { isTokenOf, type MethodDefToken, TableId, type Token, tokenTable } from '@ijw/metadata';
import { BodyMark } from '../body-marks.ts';
import { BodyView, isOne, tokenOf } from '../body-view.ts';
import { calleeOf } from '../callee.ts';
import type { BodyCheck } from '../check.ts';
import type { LintContext } from '../lint-context.ts';

/** Calls are followed this far into methods of the module. */
const MAX_DEPTH = 4;
const MAX_METHODS = 200;

const everything: ReadonlySet<string> = new Set(['System.Exception', 'System.Object']);

/** A handler that takes every exception; a filter is taken for one, as it decides at run time. */
function catchesAll(context: LintContext, { kind, classTokenOrFilterOffset }: ExceptionClause): boolean {
  if (kind === 'filter') return true;
  const table = tokenTable(classTokenOrFilterOffset);
  const isType = table === TableId.TypeDef || table === TableId.TypeRef || table === TableId.TypeSpec;
  return kind === 'catch' && isType && everything.has(context.module.typeName(classTokenOrFilterOffset as Token));
}

/** Methods of the framework whose purpose is to throw. */
const throwsByName = /^(Throw|ThrowIf)/;
const throwingMethods: ReadonlySet<string> = new Set([
  'System.Runtime.InteropServices.Marshal::ThrowExceptionForHR',
  'System.Runtime.ExceptionServices.ExceptionDispatchInfo::Throw',
]);

interface Search {
  readonly visited: Set<MethodDefToken>;
}

/** The first instruction from which an exception would leave the body; `undefined` where none is seen. */
function firstEscape(context: LintContext, view: BodyView, search: Search, depth: number): { what: string; offset: number } | undefined {
  const guards = view.body.exceptionClauses.filter((clause) => catchesAll(context, clause));
  const isGuarded = (offset: number): boolean =>
    guards.some(({ tryOffset, tryLength }) => offset >= tryOffset && offset < tryOffset + tryLength);
  for (const instruction of view.instructions) {
    if (isGuarded(instruction.offset)) continue;
    const what = throwText(context, instruction, search, depth);
    if (what !== undefined) return { what, offset: instruction.offset };
  }
  return undefined;
}

function throwText(context: LintContext, instruction: Instruction, search: Search, depth: number): string | undefined {
  if (isOne(instruction, 'throw', 'rethrow')) return instruction.opCode.name;
  if (!isOne(instruction, 'call', 'callvirt', 'newobj')) return undefined;
  const token = tokenOf(instruction)!;
  const callee = calleeOf(context, token);
  if (callee === undefined) return undefined;
  const name = `${callee.type}::${callee.name}`;
  if (callee.definition === undefined) return throwsByName.test(callee.name) || throwingMethods.has(name) ? name : undefined;
  if (depth === MAX_DEPTH || search.visited.size >= MAX_METHODS || search.visited.has(callee.definition)) return undefined;
  search.visited.add(callee.definition);
  const body: MethodBody | undefined = context.bodies.of(callee.definition);
  const inner = body && firstEscape(context, new BodyView(callee.definition, body), search, depth + 1);
  return inner && name;
}

/** NI041: an exception is thrown, here or in a method that is called, and nothing catches it. */
export const escapingExceptions: BodyCheck = {
  rules: ['NI041'],
  marks: BodyMark.isUnmanagedCallersOnly,
  run(context, view) {
    if (!isTokenOf(view.token, 'MethodDef')) return;
    const found = firstEscape(context, view, { visited: new Set([view.token]) }, 0);
    if (found) context.report('NI041', { token: view.token, ilOffset: found.offset, values: { what: found.what } });
  },
};
