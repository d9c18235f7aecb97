import { ifReadable } from '@ijw/binary';
import type { Token } from '@ijw/metadata';
import { type AssemblyProvider, Resolver } from '@ijw/metadata/resolution';
import { attributeUses } from './attribute-uses.ts';
import { inheritanceUses } from './inheritance-uses.ts';
import type { MemberUse, SearchedFile } from './member-use.ts';
import { MeaningSearch } from './module-meanings.ts';
import { importUses, slotUses } from './native-uses.ts';
import { methodText, type SearchedModule } from './searched-module.ts';
import { signatureUses } from './signature-uses.ts';
import { instructionUse, type UseKind } from './use-kind.ts';
import type { UseSubject } from './use-subject.ts';

/**
 * Every use of a subject in the files, file by file: instructions, attributes, overriders and implementors, signatures, native code that reaches it through a slot,
 * P/Invokes of an import. References are resolved among the assemblies of the provider; one whose assembly it does not have is compared by name and parameter types.
 * What cannot be read is passed over.
 */
export function* findUses(files: readonly SearchedFile[], subject: UseSubject, provider: AssemblyProvider): Generator<MemberUse> {
  const resolver = new Resolver(provider);
  const search = new MeaningSearch(subject, resolver);
  for (const file of files) {
    const { metadata } = file.assembly;
    if (metadata === undefined) continue;
    if (subject.imported !== undefined) {
      yield* importUses(file, subject.imported);
      continue;
    }
    const meanings = ifReadable(() => search.of(metadata));
    if (meanings === undefined) continue;
    const module = { file, metadata, meanings };
    yield* instructionUses(module);
    yield* attributeUses(module, resolver);
    yield* inheritanceUses(module, subject, resolver);
    yield* signatureUses(module);
    yield* slotUses(module);
  }
}

function* instructionUses({ file, metadata, meanings }: SearchedModule): Generator<MemberUse> {
  const { members, types, constructors } = meanings;
  if (members.size === 0 && types.isEmpty) return;
  const index = file.assembly.tokenUses;
  if (index === undefined) return;
  const found: MemberUse[] = [];
  const add = (tokens: ReadonlyMap<Token, string>, kindOf: (use: UseKind, token: Token) => UseKind | undefined): void => {
    for (const [token, target] of tokens) {
      for (const { method, offset, opCode } of index.of(token)) {
        const use = instructionUse(opCode.index, token);
        const kind = use && kindOf(use, token);
        if (kind !== undefined)
          found.push({ file: file.name, kind, in: methodText(metadata, method), token: method, ilOffset: offset, target });
      }
    }
  };
  add(members, (use) => use);
  add(types.instances, (use) => use);
  add(constructors, (use) => (use === 'create' ? use : undefined));
  // An instance of a type that has the type as an argument too is one reference.
  add(types.mentions, (use, token) => (use === 'reference' && types.instances.has(token) ? undefined : 'reference'));
  yield* found.sort((one, other) => (one.token ?? 0) - (other.token ?? 0) || (one.ilOffset ?? 0) - (other.ilOffset ?? 0));
}
