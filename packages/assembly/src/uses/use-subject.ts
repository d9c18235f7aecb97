import { ifReadable, UsageError } from '@ijw/binary';
import { type Metadata, makeToken, TableId, type Token } from '@ijw/metadata';
import { findMembers, requireMembers } from '../members/find-members.ts';
import { findReferences } from '../members/find-references.ts';
import type { SearchedFile } from './member-use.ts';

/** What is used: definitions in any of the files, or references to members that none of the files defines. */
export interface UseSubject {
  /** TypeDefs, MethodDefs and Fields by the module that defines them. */
  readonly defined: ReadonlyMap<Metadata, ReadonlySet<Token>>;
  /** TypeRefs and MemberRefs by module, where nothing is defined. */
  readonly referenced: ReadonlyMap<Metadata, ReadonlySet<Token>>;
  /** The functions of other native modules, for a text such as `kernel32!Sleep`. */
  readonly imported?: ImportPattern;
}

/** `module!name`, without the extension of the module. */
export interface ImportPattern {
  readonly module: string;
  readonly name: string;
}

const MEMBER_TABLES = { type: TableId.TypeDef, methods: TableId.MethodDef, fields: TableId.Field } as const;

const IMPORT = /^([^!:]+)!([^!]+)$/;

const USER_STRING = /^(?:0x)?(70[0-9a-f]{6})$/i;

/**
 * What a text names: members of the files as `findMembers` reads it, else references to members of other files, a token of a user string, or `module!name`
 * for a native function.
 * @throws UsageError where nothing has the name
 */
export function useSubject(files: readonly SearchedFile[], text: string): UseSubject {
  const [, module, name] = IMPORT.exec(text) ?? [];
  const none = new Map<Metadata, ReadonlySet<Token>>();
  if (module !== undefined && name !== undefined)
    return { defined: none, referenced: none, imported: { module: withoutExtension(module), name } };
  const modules = files.flatMap(({ assembly }) => assembly.metadata ?? []);
  const string = USER_STRING.exec(text)?.[1];
  if (string !== undefined) return { defined: none, referenced: tokensOf(modules, () => [Number.parseInt(string, 16) as Token]) };
  const defined = tokensOf(modules, (metadata) => {
    const found = findMembers(metadata, text);
    return found?.rids.map((rid): Token => makeToken(MEMBER_TABLES[found.kind], rid)) ?? [];
  });
  if (defined.size > 0) return { defined, referenced: none };
  const referenced = tokensOf(modules, (metadata) => findReferences(metadata, text));
  if (referenced.size > 0) return { defined, referenced };
  const [first] = modules;
  if (first !== undefined) requireMembers(first, text);
  throw new UsageError(`No type or member is named "${text}"`);
}

function tokensOf(modules: readonly Metadata[], find: (metadata: Metadata) => readonly Token[]): ReadonlyMap<Metadata, ReadonlySet<Token>> {
  const found = new Map<Metadata, ReadonlySet<Token>>();
  for (const metadata of modules) {
    const tokens = ifReadable(() => find(metadata)) ?? [];
    if (tokens.length > 0) found.set(metadata, new Set(tokens));
  }
  return found;
}

/** `KERNEL32.dll` and `kernel32` are one module. */
export const withoutExtension = (module: string): string => module.toLowerCase().replace(/\.(dll|exe|node|so|dylib)$/, '');
