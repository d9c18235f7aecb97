import { BadImageError, ifReadable } from '@ijw/binary';
import {
  type Metadata,
  MethodAttributes,
  makeToken,
  TableId,
  TypeAttributes,
  type TypeDefToken,
  tokenRid,
  typeFullName,
} from '@ijw/metadata';
import { typeLoadException } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import type { AssemblyImage } from '../image/assembly-image.ts';
import { type MethodFacts, methodFacts } from '../image/method-facts.ts';
import type { References } from '../image/referenced-assemblies.ts';
import { SignatureError, validateMethodSignature } from '../image/token-signature.ts';
import { fieldLayoutProblem } from '../rules/field-rules.ts';
import { parentReferenceProblem } from '../rules/type-reference-rules.ts';
import { couldNotLoadType, ENUMERATION_RULES, type TypeFacts, type TypeRule, VALIDATION_RULES } from '../rules/type-rules.ts';
import { fieldProblem, methodEndProblem, typeShapeProblem } from '../rules/type-shape-rule.ts';

export interface TypeProblem {
  readonly rule: string;
  readonly exception: ClrException;
  readonly method?: MethodFacts;
}

/** Loads the image's types once each, as far as their methods decide whether they load. */
export class TypeLoader {
  readonly #assembly: AssemblyImage;
  readonly #loaded = new Map<number, TypeProblem | null>();

  /** Absent: types of other assemblies are assumed to exist. */
  readonly references: References | undefined;

  constructor(assembly: AssemblyImage, references: References | undefined) {
    this.#assembly = assembly;
    this.references = references;
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
      isInterface: (flags & TypeAttributes.Interface) !== 0,
      isAbstract: (flags & TypeAttributes.Abstract) !== 0,
      isImport: (flags & TypeAttributes.Import) !== 0,
    };
  }

  #problemOf(rid: number): TypeProblem | undefined {
    const type = this.facts(makeToken(TableId.TypeDef, rid));
    const { metadata } = this.#assembly;
    const shape = typeShapeProblem(metadata, rid, type);
    if (shape) return problem(shape.rule, shape.message);
    const parent = parentReferenceProblem(this.#assembly, rid, this.references);
    if (parent) return parent;
    const methods: MethodFacts[] = [];
    let unnamed = false;
    for (const method of metadata.methodsOf(rid)) {
      if (isBrokenMethodSignature(metadata, method)) return problem('methodSignature', 'The signature is incorrect.');
      const facts = this.#methodFacts(method, rid === 1);
      if (!facts) {
        unnamed = true;
        continue;
      }
      const broken = brokenRule(ENUMERATION_RULES, facts, type);
      if (broken) return broken;
      methods.push(facts);
    }
    if (unnamed) return problem('methodFormat', `${couldNotLoadType(type.name, type.assembly)} because the format is invalid.`);
    const end = methodEndProblem(metadata, rid);
    if (end) return problem(end.rule, end.message);
    const invalid = methods.map((method) => brokenRule(VALIDATION_RULES, method, type)).find((broken) => broken !== undefined);
    if (invalid) return invalid;
    const fields = fieldProblem(metadata, rid);
    return fields ? problem(fields.rule, fields.message) : fieldLayoutProblem(metadata, rid, type);
  }

  /** `undefined`: a name or a row that does not exist. */
  #methodFacts(method: number, isGlobal: boolean): MethodFacts | undefined {
    return ifReadable(() => methodFacts(this.#assembly.metadata, method, isGlobal));
  }
}

const problem = (rule: string, message: string, method?: MethodFacts): TypeProblem => ({
  rule,
  exception: typeLoadException(message),
  ...(method && { method }),
});

function brokenRule(rules: readonly TypeRule[], method: MethodFacts, type: TypeFacts): TypeProblem | undefined {
  const found = rules.find((rule) => rule.broken(method, type));
  return found && problem(found.rule, found.message(method, type), method);
}

/** Whether a MethodDef's signature is invalid, or does not agree with its flags about `this`. @throws BadImageError if the method is missing */
function isBrokenMethodSignature(metadata: Metadata, methodRid: number): boolean {
  const { MethodDef } = metadata.tables;
  const isStatic = (MethodDef.get(methodRid, 'Flags') & MethodAttributes.Static) !== 0;
  try {
    validateMethodSignature(metadata, metadata.blobs.get(MethodDef.get(methodRid, 'Signature')), isStatic);
    return false;
  } catch (error) {
    if (error instanceof BadImageError || error instanceof SignatureError) return true;
    throw error;
  }
}
