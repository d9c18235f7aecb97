import type { AttributeValue, CustomAttributeValue } from '@ijw/metadata';

const typeName = (value: AttributeValue): readonly string[] => {
  if (typeof value !== 'string') return [];
  const end = value.indexOf(',');
  return [(end < 0 ? value : value.slice(0, end)).trim()];
};

/** The full names of the types in an attribute's `CallConvs` property or field. */
export function callConvTypes({ namedArguments }: CustomAttributeValue): readonly string[] {
  const value = namedArguments.find(({ name }) => name === 'CallConvs')?.value;
  return Array.isArray(value) ? value.flatMap(typeName) : [];
}
