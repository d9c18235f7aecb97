import type { Assembly } from '@ijw/assembly';
import { Diagnostics } from '@ijw/binary';
import type { Instruction } from '@ijw/il';
import { MethodAttributes, type MethodDefToken, type TypeDefToken, tokenRid } from '@ijw/metadata';
import { InteropModule } from '../inventory/interop-module.ts';
import type { PlatformInvokeMethod } from '../inventory/platform-invoke-method.ts';
import { type AddressCall, addressCalls, managedUseOfEntries } from '../lint/checks/native-entries.ts';
import { BodyView, isOne, tokenOf } from '../lint/context/body-view.ts';
import { LintContext } from '../lint/context/lint-context.ts';
import { bothAttributes, callSiteVerdicts, conventionVerdicts, entryVerdicts } from './entry-verdicts.ts';
import { platformInvokeVerdicts, unloadableTypes } from './platform-invoke-verdicts.ts';
import { NOT_SUPPORTED, type RuntimeVerdict, TYPE_LOAD, verdictMessages } from './runtime-verdict.ts';

/** The verdicts of the runtime (.NET 5 and later) about the methods of one module: which exception, and when. */
export class RuntimeVerdicts {
  readonly #assembly: Assembly;
  readonly #context: LintContext;
  #unloadableTypes: ReadonlySet<TypeDefToken> | undefined;
  readonly #platformInvokes: ReadonlyMap<number, PlatformInvokeMethod>;

  /**
   * Metadata without an image has no verdicts about instructions.
   * @throws UnsupportedError where the assembly has no metadata; BadImageError when the tables cannot be read
   */
  constructor(assembly: Assembly) {
    this.#assembly = assembly;
    this.#context = this.#newContext();
    this.#platformInvokes = new Map(this.#context.module.platformInvokes.map((method) => [method.token, method]));
  }

  /** Every error of a method, in the order of the topics; empty for a valid method. @throws BadImageError */
  of(method: MethodDefToken): readonly RuntimeVerdict[] {
    const platformInvoke = this.#platformInvokes.get(method);
    return [
      ...this.#unloadable(method),
      ...this.#bodyVerdicts(method),
      ...callSiteVerdicts(this.#context, method),
      ...conventionVerdicts(this.#context, method),
      ...entryVerdicts(this.#context, method),
      ...this.#ignored(method),
      ...(platformInvoke === undefined ? [] : platformInvokeVerdicts(this.#context, platformInvoke)),
    ];
  }

  #newContext(): LintContext {
    return new LintContext(new InteropModule(this.#assembly, new Diagnostics()), {});
  }

  /** Instructions that use a method as what it is not. */
  #bodyVerdicts(method: MethodDefToken): readonly RuntimeVerdict[] {
    const body = this.#context.bodies.of(method);
    if (body === undefined) return [];
    const view = new BodyView(method, body);
    const before = this.#context.findings.length;
    managedUseOfEntries.run(this.#context, view);
    const uses = this.#context.findings.splice(before).map(({ rule, ilOffset = 0 }) => this.#useVerdict(view, rule, ilOffset));
    const addresses = [...addressCalls(this.#context, view)].flatMap((call) => addressCallVerdict(this.#context, call));
    return [...uses, ...addresses, ...this.#callbacks(view)];
  }

  /** An entry whose address goes to a P/Invoke with SuppressGCTransition: native code calls it while the thread is cooperative. */
  #callbacks({ instructions }: BodyView): readonly RuntimeVerdict[] {
    const { attributes } = this.#context.module;
    const isEntry = (one: Instruction | undefined): boolean =>
      isOne(one, 'ldftn') && attributes.has('unmanagedCallersOnly', tokenOf(one) as MethodDefToken);
    return instructions.flatMap((instruction, position) => {
      const callee = isOne(instruction, 'call') ? this.#platformInvokes.get(tokenOf(instruction) ?? 0) : undefined;
      if (callee === undefined || !attributes.has('suppressGCTransition', callee.token)) return [];
      const passed = instructions.slice(Math.max(0, position - (callee.values.length - 1)), position);
      if (!passed.every(({ opCode }) => opCode.name.startsWith('ld')) || !passed.some(isEntry)) return [];
      const message = verdictMessages.calledFromManaged;
      return [{ topic: 'suppressGCTransition', outcome: 'failFast', when: 'callback', message, ilOffset: instruction.offset }];
    });
  }

  /** A managed call of an entry for native code, or a delegate of one. */
  #useVerdict(view: BodyView, rule: string, ilOffset: number): RuntimeVerdict {
    const place = { topic: 'functionPointer', when: 'instruction', ilOffset } as const;
    if (rule === 'NI034') return { ...place, outcome: 'throws', exception: NOT_SUPPORTED, message: verdictMessages.delegateTarget };
    const callee = tokenOf(view.instructions[view.positionOf(ilOffset) ?? -1]);
    if (callee !== undefined && this.#platformInvokes.has(callee))
      return { ...place, outcome: 'throws', exception: NOT_SUPPORTED, message: bothAttributes(this.#context, callee as MethodDefToken) };
    return { ...place, outcome: 'failFast', message: verdictMessages.calledFromManaged };
  }

  /** A generic P/Invoke keeps its whole type from being loaded. */
  #unloadable(method: MethodDefToken): readonly RuntimeVerdict[] {
    this.#unloadableTypes ??= unloadableTypes(this.#context);
    if (!this.#unloadableTypes.has(this.#context.metadata.declaringType(method))) return [];
    const message = verdictMessages.genericPlatformInvoke;
    return [{ topic: 'genericParameter', outcome: 'throws', exception: TYPE_LOAD, when: 'typeLoad', message }];
  }

  #ignored(method: MethodDefToken): readonly RuntimeVerdict[] {
    const { attributes } = this.#context.module;
    const flags = this.#context.metadata.tables.MethodDef.get(tokenRid(method), 'Flags');
    if (!attributes.has('suppressGCTransition', method) || (flags & MethodAttributes.PInvokeImpl) !== 0) return [];
    const message = 'The method is not a P/Invoke: SuppressGCTransition has no effect.';
    return [{ topic: 'suppressGCTransition', outcome: 'ignored', when: 'call', message }];
  }
}

/** The runtime checks only that an entry for native code is not entered in cooperative mode; a wrong convention between the two worlds it cannot see. */
function addressCallVerdict(context: LintContext, call: AddressCall): readonly RuntimeVerdict[] {
  const { offset, method, target, convention, suppressesTransition } = call;
  const place = { topic: 'functionPointer', when: 'instruction', ilOffset: offset } as const;
  const isEntry = context.module.attributes.has('unmanagedCallersOnly', method as MethodDefToken);
  if (isEntry && (convention === 'managed' || suppressesTransition))
    return [{ ...place, outcome: 'failFast', message: verdictMessages.calledFromManaged }];
  if (target === convention) return [];
  return [
    {
      ...place,
      outcome: 'undefined',
      message: `${context.nameOf(method as MethodDefToken)} has to be called as ${target}, and is called as ${convention}`,
    },
  ];
}
