import { Diagnostics } from '@ijw/binary';
import { type Metadata, MethodAttributes, type MethodDefToken, tokenRid } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { InteropModule } from '../inventory/interop-module.ts';
import type { PlatformInvokeMethod } from '../inventory/platform-invoke-method.ts';
import { BodyView } from '../lint/body-view.ts';
import { calliTargets, managedUseOfEntries } from '../lint/checks/native-entries.ts';
import { LintContext } from '../lint/lint-context.ts';
import { conventionVerdicts, entryVerdicts } from './entry-verdicts.ts';
import { platformInvokeVerdicts } from './platform-invoke-verdicts.ts';
import { NOT_SUPPORTED, type RuntimeVerdict, verdictMessages } from './runtime-verdict.ts';

/** What the runtime (.NET 5 and later) says of the methods of one module: which exception, and when. */
export class RuntimeVerdicts {
  readonly #image: PEImage | undefined;
  readonly #metadata: Metadata;
  readonly #context: LintContext;
  readonly #platformInvokes: ReadonlyMap<number, PlatformInvokeMethod>;

  /** @param image where the IL is; without one nothing is said of instructions. @throws BadImageError when the tables cannot be read */
  constructor(image: PEImage | undefined, metadata: Metadata) {
    this.#image = image;
    this.#metadata = metadata;
    this.#context = this.#newContext();
    this.#platformInvokes = new Map(this.#context.module.platformInvokes.map((method) => [method.token, method]));
  }

  /** Everything that is wrong with a method, in the order of the topics; nothing for one that the runtime takes. @throws BadImageError */
  of(method: MethodDefToken): readonly RuntimeVerdict[] {
    const platformInvoke = this.#platformInvokes.get(method);
    return [
      ...this.#bodyVerdicts(method),
      ...conventionVerdicts(this.#context, method),
      ...entryVerdicts(this.#context, method),
      ...this.#ignored(method),
      ...(platformInvoke === undefined ? [] : platformInvokeVerdicts(this.#context, platformInvoke)),
    ];
  }

  #newContext(): LintContext {
    return new LintContext(new InteropModule(this.#metadata, this.#image, new Diagnostics()), {});
  }

  /** Instructions that use a method as what it is not. */
  #bodyVerdicts(method: MethodDefToken): readonly RuntimeVerdict[] {
    const body = this.#context.bodies.of(method);
    if (body === undefined) return [];
    const before = this.#context.findings.length;
    for (const check of [managedUseOfEntries, calliTargets]) check.run(this.#context, new BodyView(method, body));
    return this.#context.findings.splice(before).map(({ rule, message, ilOffset = 0 }) => {
      const place = { topic: 'functionPointer', when: 'instruction', ilOffset } as const;
      if (rule === 'NI033') return { ...place, outcome: 'failFast', message: verdictMessages.calledFromManaged };
      if (rule === 'NI034') return { ...place, outcome: 'throws', exception: NOT_SUPPORTED, message: verdictMessages.delegateTarget };
      return { ...place, outcome: 'undefined', message };
    });
  }

  #ignored(method: MethodDefToken): readonly RuntimeVerdict[] {
    const { attributes } = this.#context.module;
    const flags = this.#metadata.tables.MethodDef.get(tokenRid(method), 'Flags');
    if (!attributes.has('suppressGCTransition', method) || (flags & MethodAttributes.PInvokeImpl) !== 0) return [];
    const message = 'The method is no P/Invoke: SuppressGCTransition has no effect.';
    return [{ topic: 'suppressGCTransition', outcome: 'ignored', when: 'call', message }];
  }
}
