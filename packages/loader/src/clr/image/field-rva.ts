import { fieldFullName, type Metadata, makeToken, TableId, tokenRid } from '@ijw/metadata';

/** The RVA of a static field that has its data in the image; `Name` alone is one of `<Module>`. */
export function fieldRva(metadata: Metadata, field: string | number): number | undefined {
  const { Field, FieldRVA } = metadata.tables;
  const wanted = typeof field === 'string' && !field.includes('::') ? `<Module>::${field}` : field;
  for (let rid = 1; rid <= FieldRVA.rowCount; rid++) {
    const token = makeToken(TableId.Field, tokenRid(FieldRVA.column('Field').token(rid)));
    if (!Field.has(tokenRid(token))) continue;
    if (token === wanted || (typeof wanted === 'string' && fieldFullName(metadata, token) === wanted)) return FieldRVA.get(rid, 'RVA');
  }
  return undefined;
}
