/** How strictly names are compared, in the order in which they are tried. */
export const STRICTNESS = ['exact', 'anyArity', 'anyCase'] as const;
export type Strictness = (typeof STRICTNESS)[number];

/** A test of names. */
export type NameTest = (name: string) => boolean;

/** `?` is the first character of decorated C++ names, where it is not a wildcard. */
export const hasWildcard = (text: string): boolean => text.includes('*') || (text.includes('?') && !text.startsWith('?'));

/** Whether a name is as a pattern says: `*` is any text, `?` any character. Takes at most as many steps as both lengths multiplied. */
export function isLike(name: string, pattern: string): boolean {
  let [at, next, star, mark] = [0, 0, -1, 0];
  while (at < name.length) {
    if (next < pattern.length && (pattern[next] === '?' || pattern[next] === name[at]) && pattern[next] !== '*') {
      at++;
      next++;
    } else if (pattern[next] === '*') {
      star = next++;
      mark = at;
    } else if (star >= 0) {
      next = star + 1;
      at = ++mark;
    } else return false;
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}

const ARITY = /`\d+/g;

/** ``List<T>`` as metadata has it: ``List`1`` (ECMA-335 I.10.7.2). A `<` at the start of a name belongs to it: `<Module>`, `<Main>$`. */
export function withArity(name: string): string {
  return name.replaceAll(/([^.<>/+:])<([^<>]*(?:<[^<>]*>[^<>]*)*)>/g, (_, before: string, list: string) => {
    const commas = list.replaceAll(/<[^<>]*>/g, '').split(',').length;
    return `${before}\`${commas}`;
  });
}

const nested = (name: string): string => name.replaceAll(/[/+]/g, '.');

function folded(name: string, strictness: Strictness): string {
  if (strictness === 'exact') return name;
  const bare = name.replaceAll(ARITY, '');
  return strictness === 'anyCase' ? bare.toLowerCase() : bare;
}

/** Tests the full names of types (`Ns.Outer/Inner`): the whole name, or its end after a dot. */
export function typeTest(typed: string, strictness: Strictness): NameTest {
  const wanted = folded(nested(withArity(typed)), strictness);
  const asTyped = folded(nested(typed), strictness);
  if (hasWildcard(typed))
    return (name) => isLike(folded(nested(name), strictness), wanted) || isLike(folded(nested(name), strictness), `*.${wanted}`);
  return (name) => {
    const candidate = folded(nested(name), strictness);
    return candidate === wanted || candidate === asTyped || candidate.endsWith(`.${wanted}`);
  };
}

/** Other forms of the name of a constructor, and the accessors of a property or an event (ECMA-335 I.8.11.3). */
const WRITTEN: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => (/^c?ctor$/.test(name) ? `.${name}` : name),
  (name) => (name === 'new' ? '.ctor' : name),
  (name) => `get_${name}`,
  (name) => `set_${name}`,
  (name) => `add_${name}`,
  (name) => `remove_${name}`,
];

/** Tests the names of members; the type arguments of a generic method may be there. */
export function memberTest(typed: string, strictness: Strictness): NameTest {
  const bare = /^[^<]+</.test(typed) ? typed.slice(0, typed.indexOf('<')) : typed;
  if (hasWildcard(typed)) return (name) => isLike(folded(name, strictness), folded(typed, strictness));
  const names = new Set([typed, bare].flatMap((name) => WRITTEN.map((form) => folded(form(name), strictness))));
  return (name) => names.has(folded(name, strictness));
}
