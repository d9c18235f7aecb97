import type { ExceptionClause, Instruction } from '@ijw/il';
import { TableId, type Token, tokenTable } from '@ijw/metadata';
import { BodyMark } from '../context/body-marks.ts';
import { BodyView, isOne, tokenOf } from '../context/body-view.ts';
import { calleeOf } from '../context/callee.ts';
import type { BodyCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

/** Methods of the module are looked into that the method itself calls; beyond that nearly everything can throw somewhere. */
const MAX_DEPTH = 1;

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

/** Its bodies throw for those who call what the just-in-time compiler replaces. */
const INTRINSICS = /^(System\.Runtime|Internal\.Runtime)\.CompilerServices\.Unsafe$/;

/** By offset: how many handlers that take every exception cover the code there. */
function guardedCode(context: LintContext, { body }: BodyView): Int32Array {
  const size = body.codeEnd - body.codeStart;
  const depth = new Int32Array(size + 1);
  for (const clause of body.exceptionClauses) {
    if (clause.tryOffset >= size || !catchesAll(context, clause)) continue;
    depth[clause.tryOffset]! += 1;
    depth[Math.min(clause.tryOffset + clause.tryLength, size)]! -= 1;
  }
  for (let offset = 1; offset < depth.length; offset++) depth[offset]! += depth[offset - 1]!;
  return depth;
}

/** The first instruction from which an exception would leave the body, its own `throw` before calls; `undefined` where none is seen. */
function firstEscape(context: LintContext, view: BodyView, depth: number): { what: string; offset: number } | undefined {
  const guarded = guardedCode(context, view);
  const open = view.instructions.filter(({ offset }) => guarded[offset] === 0);
  const own = open.find((instruction) => isOne(instruction, 'throw', 'rethrow'));
  if (own) return { what: own.opCode.name, offset: own.offset };
  for (const instruction of open) {
    const what = throwingCallee(context, instruction, depth);
    if (what !== undefined) return { what, offset: instruction.offset };
  }
  return undefined;
}

/** The name of the method that an instruction calls, where that method throws. */
function throwingCallee(context: LintContext, instruction: Instruction, depth: number): string | undefined {
  if (!isOne(instruction, 'call', 'callvirt', 'newobj')) return undefined;
  const callee = calleeOf(context, tokenOf(instruction)!);
  if (callee === undefined || INTRINSICS.test(callee.type)) return undefined;
  const name = `${callee.type}::${callee.name}`;
  const { definition } = callee;
  if (definition === undefined) return throwsByName.test(callee.name) || throwingMethods.has(name) ? name : undefined;
  const body = depth < MAX_DEPTH ? context.bodies.of(definition) : undefined;
  return body && firstEscape(context, new BodyView(definition, body), depth + 1) && name;
}

/** NI041: an exception is thrown, here or in a method that is called, and nothing catches it. */
export const escapingExceptions: BodyCheck = {
  rules: ['NI041'],
  marks: BodyMark.isUnmanagedCallersOnly,
  run(context, view) {
    const found = firstEscape(context, view, 0);
    if (found) context.report('NI041', { token: view.token, ilOffset: found.offset, values: { what: found.what } });
  },
};
