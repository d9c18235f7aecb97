import type { CppCliData } from '../cppcli/cpp-cli-data.ts';
import type { MappedField } from '../cppcli/mapped-field.ts';

const fieldJson = ({ token, name, rva, size, zeroFilled, value }: MappedField) => ({
  token,
  name,
  rva,
  ...(size !== undefined && { size }),
  ...(zeroFilled && { zeroFilled }),
  ...(value.kind !== 'static' && { value }),
});

/** C++/CLI's data for the JSON of the boundary; `undefined` where a compiler of another language left nothing of the kind. */
export function cppCliJson({ fields, startupLists, sizedTypes }: CppCliData) {
  if (!fields.some(({ value }) => value.kind !== 'static')) return undefined;
  return {
    fields: fields.map(fieldJson),
    startupLists: startupLists.map(({ name, purpose, start, end, entries }) => ({ name, purpose, start, end, entries })),
    arrayTypes: sizedTypes.filter(({ isArray }) => isArray).map(({ token, name, size }) => ({ token, name, size })),
  };
}
