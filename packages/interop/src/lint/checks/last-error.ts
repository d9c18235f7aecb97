import { ifReadable } from '@ijw/binary';
// System.Runtime.InteropServices.Marshal: GetLastWin32Error gives the error that the runtime kept after the last P/Invoke with SetLastError.

import { type ControlFlow, readControlFlow } from '@ijw/il';
import { type MethodDefToken, PInvokeAttributes, platformInvokeFlags } from '@ijw/metadata';
import { Role } from '../../inventory/il-roles.ts';
import { type BodyView, isOne, tokenOf } from '../context/body-view.ts';
import { calleeOf } from '../context/callee.ts';
import type { BodyCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

/** The possible states before an instruction, as a set of bits. */
const Before = {
  /** No P/Invoke in this method, or something that may have kept an error of its own. */
  unknown: 1,
  /** A P/Invoke that keeps the last error. */
  kept: 2,
  /** A P/Invoke that does not. */
  notKept: 4,
  /** A P/Invoke that keeps it, and then another call. */
  disturbed: 8,
} as const;

/** The effect of an instruction on the states: one new state, or a new state for each. */
type Effect = 'keeps' | 'loses' | 'other' | 'none';

const after: Readonly<Record<Exclude<Effect, 'none'>, (state: number) => number>> = {
  keeps: () => Before.kept,
  loses: (state) => (state & (Before.kept | Before.disturbed)) | (state & (Before.unknown | Before.notKept) ? Before.notKept : 0),
  other: (state) =>
    (state & (Before.kept | Before.disturbed) ? Before.disturbed : 0) | (state & (Before.unknown | Before.notKept) ? Before.unknown : 0),
};

interface Step {
  /** Among all steps of the body. */
  readonly index: number;
  readonly position: number;
  readonly effect: Effect;
  readonly asks: boolean;
  readonly name: string;
}

/** Methods that make no system call: accessors, operators, and methods that only read memory. CA1404 lists some of them. */
const harmlessTypes =
  /^(System\.(U?IntPtr|GC|Math|Span`1|ReadOnlySpan`1|Runtime\.(InteropServices\.(Marshal|SafeHandle|HandleRef|MemoryMarshal|GCHandle)|CompilerServices\.Unsafe)))/;
const isHarmless = (type: string, name: string): boolean => /^(get_|op_|\.ctor$)/.test(name) || harmlessTypes.test(type);

function keepsError(context: LintContext, definition: MethodDefToken): boolean | undefined {
  const { module } = context;
  const row = module.attributes.find('libraryImport', definition);
  if (row !== undefined)
    return module.attributes.value(row)?.namedArguments.some(({ name, value }) => name === 'SetLastError' && value === true) ?? false;
  const flags = ifReadable(() => platformInvokeFlags(module.metadata, definition));
  return flags === undefined ? undefined : (flags & PInvokeAttributes.SupportsLastError) !== 0;
}

function stepOf(context: LintContext, position: number, token: number): Omit<Step, 'index'> | undefined {
  const role = context.roles.of(token);
  const callee = calleeOf(context, token);
  if (callee === undefined) return undefined;
  const name = callee.type === '' ? callee.name : `${callee.type}::${callee.name}`;
  if (role & Role.getLastError) return { position, effect: 'none', asks: true, name };
  if (role & Role.setLastError) return { position, effect: 'keeps', asks: false, name };
  const keeps = callee.definition && keepsError(context, callee.definition);
  if (keeps !== undefined) return { position, effect: keeps ? 'keeps' : 'loses', asks: false, name };
  if (isHarmless(callee.type, callee.name)) return undefined;
  // A method of the module may be a wrapper of a P/Invoke: then the error asked for is its own.
  const isOwn = callee.definition !== undefined;
  return isOwn && wraps(context, callee.definition)
    ? { position, effect: 'keeps', asks: false, name }
    : { position, effect: 'other', asks: false, name };
}

const wraps = (context: LintContext, definition: MethodDefToken): boolean =>
  context.bodies.calledBy(definition).some((token) => context.roles.of(token) & Role.platformInvoke);

function stepsOf(context: LintContext, view: BodyView): readonly Step[] {
  const steps: Step[] = [];
  for (const [position, instruction] of view.instructions.entries()) {
    if (!isOne(instruction, 'call', 'callvirt', 'newobj')) continue;
    const step = stepOf(context, position, tokenOf(instruction)!);
    if (step) steps.push({ ...step, index: steps.length });
  }
  return steps;
}

/** Blocks and steps both are in the order of the code. */
function stepsByBlock(view: BodyView, { blocks }: ControlFlow, steps: readonly Step[]): readonly (readonly Step[])[] {
  let next = 0;
  return blocks.map(({ end }) => {
    const first = next;
    while (next < steps.length && view.instructions[steps[next]!.position]!.offset < end) next++;
    return steps.slice(first, next);
  });
}

/** Runs the steps of every block until the states at their starts change no more: each start is a set of four bits, so this ends. */
function check(context: LintContext, view: BodyView): void {
  const flow = readControlFlow(view.body);
  const steps = stepsOf(context, view);
  const byBlock = stepsByBlock(view, flow, steps);
  const states = new Uint8Array(flow.blocks.length);
  const pending: number[] = [];
  const enter = (block: number | undefined, state: number): void => {
    if (block === undefined || (states[block]! | state) === states[block]) return;
    states[block]! |= state;
    pending.push(block);
  };
  enter(flow.blockAt(0), Before.unknown);
  for (const { handlerOffset } of view.body.exceptionClauses) enter(flow.blockAt(handlerOffset), Before.unknown);
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    let state = states[block]!;
    for (const { effect } of byBlock[block]!) if (effect !== 'none') state = after[effect](state);
    for (const successor of flow.blocks[block]!.successors) enter(successor, state);
  }
  for (const [block, state] of states.entries())
    if (state !== 0) judge(context, view, { block: byBlock[block] ?? [], entry: state, all: steps });
}

/** A finding names no step that is further back than this. */
const MAX_STEPS_BACK = 100;

/** The name of the nearest step of a kind before another, in the order of the code. */
const nearest = (steps: readonly Step[], index: number, effect: Effect): string =>
  steps.slice(Math.max(0, index - MAX_STEPS_BACK), index).findLast((step) => step.effect === effect)?.name ?? '';

interface JudgedBlock {
  readonly block: readonly Step[];
  /** The state at its start. */
  readonly entry: number;
  /** The steps of the whole body. */
  readonly all: readonly Step[];
}

function judge(context: LintContext, view: BodyView, { block, entry, all }: JudgedBlock): void {
  let state = entry;
  let index = block[0]?.index ?? 0;
  for (const step of block) {
    if (step.effect !== 'none') state = after[step.effect](state);
    if (step.asks) {
      const place = { token: view.token, ilOffset: view.instructions[step.position]!.offset };
      if (state === Before.notKept) context.report('NI008', { ...place, values: { function: nearest(all, index, 'loses') } });
      if (state & Before.disturbed) context.report('NI009', { ...place, values: { between: nearest(all, index, 'other') } });
    }
    index++;
  }
}

/** NI008, NI009. */
export const lastError: BodyCheck = { rules: ['NI008', 'NI009'], marks: Role.getLastError, run: check };
