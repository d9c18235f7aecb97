import { RUNTIME_PROFILES } from '@ijw/assembly/runtime-profiles';
import { ifReadable } from '@ijw/binary';
import { ValueTypes } from '@ijw/marshalling';
import { type Metadata, makeToken, TableId, type Token, tokenTable } from '@ijw/metadata';
import { Boundary } from '@ijw/vtfixup';
import { MethodRoles } from '../../inventory/il-roles.ts';
import type { InteropModule } from '../../inventory/interop-module.ts';
import type { SignatureUse } from '../../inventory/signature-uses.ts';
import { LeanClrMethodIndex } from '../../leanclr/method-index.ts';
import { lintRule } from '../rules/rule-catalog.ts';
import type { FindingInput, LintFinding } from './lint-finding.ts';
import type { LintOptions } from './lint-options.ts';
import { MethodBodies } from './method-bodies.ts';

/** Findings of one module beyond this are counted, not kept. */
export const MAX_FINDINGS = 100_000;

/** The context of checks: their input, and their findings. Facts that several of them need are read once, at their first use. */
export class LintContext {
  readonly module: InteropModule;
  readonly options: LintOptions;
  readonly findings: LintFinding[] = [];
  /** Findings beyond the limit. */
  dropped = 0;
  readonly #enabled: ReadonlySet<string> | undefined;
  #roles: MethodRoles | undefined;
  #boundary: Boundary | undefined;
  #valueTypes: ValueTypes | undefined;
  #framework: string | null | undefined;
  #bodies: MethodBodies | undefined;
  #leanClrMethods: LeanClrMethodIndex | undefined;
  #callSites: ReadonlyMap<Token, SignatureUse> | undefined;

  constructor(module: InteropModule, options: LintOptions) {
    this.module = module;
    this.options = options;
    this.#enabled = options.rules && new Set(options.rules.map((id) => id.toUpperCase()));
  }

  get metadata(): Metadata {
    return this.module.metadata;
  }

  get roles(): MethodRoles {
    this.#roles ??= new MethodRoles(this.module);
    return this.#roles;
  }

  /** The image's crossings, with their diagnostics among those of the rules; `undefined` for metadata that stands alone. */
  get boundary(): Boundary | undefined {
    const { image, metadata, diagnostics } = this.module;
    if (image !== undefined) this.#boundary ??= Boundary.of(image, metadata, { diagnostics });
    return this.#boundary;
  }

  get valueTypes(): ValueTypes {
    this.#valueTypes ??= new ValueTypes({
      metadata: this.metadata,
      runtimeMarshallingDisabled: this.runtimeMarshallingDisabled,
      typeName: (token) => this.module.typeName(token),
    });
    return this.#valueTypes;
  }

  get bodies(): MethodBodies {
    this.#bodies ??= new MethodBodies(this.module.assembly);
    return this.#bodies;
  }

  get leanClrMethods(): LeanClrMethodIndex {
    this.#leanClrMethods ??= new LeanClrMethodIndex(this.module.assembly, this.module.diagnostics);
    return this.#leanClrMethods;
  }

  /** Signatures of `calli`, by their row. */
  get callSites(): ReadonlyMap<Token, SignatureUse> {
    this.#callSites ??= new Map(this.module.pointers.callSites.map((use) => [use.place, use]));
    return this.#callSites;
  }

  get runtimeMarshallingDisabled(): boolean {
    return this.module.attributes.has('disableRuntimeMarshalling', makeToken(TableId.Assembly, 1));
  }

  /** The version of .NET that the assembly is for: 8. `undefined` for the .NET Framework, and where nothing says. */
  get coreVersion(): number | undefined {
    const { runtime } = this.options;
    if (runtime !== undefined) return coreVersionOf(RUNTIME_PROFILES[runtime].name);
    if (this.#framework === undefined) this.#framework = ifReadable(() => this.module.assembly.targetFramework) ?? null;
    return coreVersionOf(this.#framework ?? '');
  }

  isEnabled(rule: string): boolean {
    return this.#enabled === undefined || this.#enabled.has(rule);
  }

  report(id: string, input: FindingInput): void {
    const rule = lintRule(id);
    if (rule === undefined || !this.isEnabled(id)) return;
    if (this.findings.length >= MAX_FINDINGS) {
      this.dropped++;
      return;
    }
    const { token, ilOffset, rva } = input;
    this.findings.push({
      rule: id,
      level: rule.level,
      message: fill(rule.message, input.values ?? {}),
      target: input.target ?? (token === undefined ? '' : this.nameOf(token)),
      ...(token !== undefined && { token }),
      ...(ilOffset !== undefined && { ilOffset }),
      ...(rva !== undefined && { rva }),
    });
  }

  nameOf(token: Token): string {
    const table = tokenTable(token);
    if (table === TableId.MethodDef || table === TableId.MemberRef || table === TableId.MethodSpec) return this.module.methodName(token);
    if (table === TableId.Assembly || table === TableId.Module) return this.assemblyName;
    return this.module.typeName(token);
  }

  get assemblyName(): string {
    const { Assembly, Module } = this.metadata.tables;
    const { strings } = this.metadata;
    const name = ifReadable(() =>
      Assembly.rowCount > 0 ? strings.get(Assembly.get(1, 'Name')) : Module.rowCount > 0 ? strings.get(Module.get(1, 'Name')) : '',
    );
    return name ?? '';
  }
}

/** Names are clipped: a finding is a line to read. */
const MAX_VALUE = 400;
const fill = (message: string, values: Readonly<Record<string, string | number>>): string =>
  message.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const text = String(values[name] ?? '');
    return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
  });

/** Of `.NETCoreApp,Version=v8.0`, and of the name of a runtime: `.NET 8`, `.NET Core 3.1`. */
function coreVersionOf(name: string): number | undefined {
  const version = /^\.NET(?:CoreApp,\s*Version=v?| Core | )(\d+)/.exec(name)?.[1];
  return version === undefined ? undefined : Number(version);
}
