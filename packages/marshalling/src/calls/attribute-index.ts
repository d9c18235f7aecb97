import { customAttributesOfType, type Metadata, type Token } from '@ijw/metadata';

/** The rows of CustomAttribute of one type by what they stand on. @throws BadImageError */
export function attributesByParent(metadata: Metadata, namespace: string, name: string): ReadonlyMap<Token, number> {
  const parent = metadata.tables.CustomAttribute.column('Parent');
  const index = new Map<Token, number>();
  for (const rid of customAttributesOfType(metadata, namespace, name)) {
    const token = parent.tokenOrBad(rid);
    if (token !== -1 && !index.has(token)) index.set(token, rid);
  }
  return index;
}
