/** A query: a type, a member of a type, or a member of any type. */
export interface MemberQuery {
  /** As typed, nested types by `.`, `/` or `+`, generic ones as `List<T>` or as ``List`1``. */
  readonly type?: string;
  readonly member?: string;
  /** The types of the parameters, as typed. */
  readonly parameters?: readonly string[];
}

const OPENING = '<([';
const CLOSING = '>)]';

/** Splits a text where a separator stands outside of brackets. */
export function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let index = 0; index < text.length; index++) {
    if (OPENING.includes(text[index] ?? '')) depth++;
    else if (CLOSING.includes(text[index] ?? '')) depth = Math.max(0, depth - 1);
    else if (depth === 0 && text.startsWith(separator, index)) {
      parts.push(text.slice(start, index));
      start = index + separator.length;
      index = start - 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** `name(parameters)`: the list starts at the bracket that the last one closes. */
function splitParameters(text: string): { readonly name: string; readonly parameters?: readonly string[] } {
  if (!text.endsWith(')')) return { name: text };
  let depth = 0;
  for (let index = text.length - 1; index >= 0; index--) {
    if (text[index] === ')') depth++;
    if (text[index] !== '(' || --depth > 0) continue;
    const list = text.slice(index + 1, -1).trim();
    return { name: text.slice(0, index), parameters: list === '' ? [] : splitOutside(list, ',').map((type) => type.trim()) };
  }
  return { name: text };
}

/** `static int Ns.Type::M<!!0>` of a copied signature: only the last word is the name. */
const lastWord = (text: string): string => splitOutside(text.trim(), ' ').at(-1) ?? '';

/** The member of `Type.M` and `Type..ctor`. */
const DOTTED = /^(.+?)\.(\.c?ctor|[^.]+)$/;

function dotted(name: string): MemberQuery | undefined {
  const parts = splitOutside(name, '.');
  if (parts.length < 2) return undefined;
  const special = DOTTED.exec(name);
  if (special?.[2]?.startsWith('.')) return { type: special[1] ?? '', member: special[2] };
  return { type: parts.slice(0, -1).join('.'), member: parts.at(-1) ?? '' };
}

/** ilasm writes the assembly before the name: `[mscorlib]System.String`. */
const ASSEMBLY = /^\[[\w. -]+\](?=\w)/;

/** What the text may mean, the likeliest first. Without `::` a name is a type's, then a member's. */
export function memberQueries(text: string): readonly MemberQuery[] {
  const { name: before, parameters } = splitParameters(text.trim());
  const name = lastWord(before).replace(ASSEMBLY, '');
  const withParameters = parameters === undefined ? {} : { parameters };
  const parts = splitOutside(name, '::');
  if (parts.length > 1) {
    const type = parts.slice(0, -1).join('::');
    return [{ type: type === '' ? '<Module>' : type, member: parts.at(-1) ?? '', ...withParameters }];
  }
  const member = dotted(name);
  return [
    ...(parameters === undefined ? [{ type: name }] : []),
    ...(member === undefined ? [] : [{ ...member, ...withParameters }]),
    { member: name, ...withParameters },
  ];
}
