import { BadImageError } from '@ijw/binary';
import { makeToken, TableId, type TypeDefToken, tokenRid, typeFullName } from '@ijw/metadata';
import type { ClrException } from '../load-refusal.ts';
import type { AssemblyImage } from './assembly.ts';
import { badImageFormat, typeLoadException } from './clr-error.ts';
import { type MethodFacts, methodFacts } from './method-facts.ts';
import { ENUMERATION_RULES, type TypeFacts, type TypeRule, VALIDATION_RULES } from './type-rules.ts';

/** ECMA-335 II.23.1.15. */
const TypeFlags = { interface: 0x20, abstract: 0x80 } as const;

export interface TypeProblem {
  readonly rule: string;
  readonly exception: ClrException;
  readonly method?: MethodFacts;
}

/** Loads the image's types once each, as far as their methods decide whether they load. */
export class TypeLoader {
  readonly #assembly: AssemblyImage;
  readonly #loaded = new Map<number, TypeProblem | null>();

  constructor(assembly: AssemblyImage) {
    this.#assembly = assembly;
  }

  /** Why the type does not load, or `undefined` when it does. */
  load(type: TypeDefToken): TypeProblem | undefined {
    const rid = tokenRid(type);
    let known = this.#loaded.get(rid);
    if (known === undefined) {
      known = this.#problemOf(rid) ?? null;
      this.#loaded.set(rid, known);
    }
    return known ?? undefined;
  }

  isLoaded(type: TypeDefToken): boolean {
    return this.#loaded.get(tokenRid(type)) === null;
  }

  facts(type: TypeDefToken): TypeFacts {
    const { metadata, displayName } = this.#assembly;
    const flags = metadata.tables.TypeDef.get(tokenRid(type), 'Flags');
    return {
      name: typeFullName(metadata, type),
      assembly: displayName,
      genericParameters: metadata.genericParamsOf(type).length,
      isInterface: (flags & TypeFlags.interface) !== 0,
      isAbstract: (flags & TypeFlags.abstract) !== 0,
    };
  }

  #problemOf(rid: number): TypeProblem | undefined {
    try {
      const { metadata } = this.#assembly;
      const type = this.facts(makeToken(TableId.TypeDef, rid));
      const methods = [...metadata.methodsOf(rid)].map((method) => methodFacts(metadata, method, rid === 1));
      return firstBroken(ENUMERATION_RULES, methods, type) ?? firstBroken(VALIDATION_RULES, methods, type);
    } catch (error) {
      if (error instanceof BadImageError) return { rule: error.code, exception: badImageFormat(error.message) };
      throw error;
    }
  }
}

function firstBroken(rules: readonly TypeRule[], methods: readonly MethodFacts[], type: TypeFacts): TypeProblem | undefined {
  for (const method of methods) {
    const found = rules.find((rule) => rule.broken(method, type));
    if (found) return { rule: found.rule, exception: typeLoadException(found.message(method, type)), method };
  }
  return undefined;
}
