import { ifReadable } from '@ijw/binary';
import { typeFullName } from '@ijw/metadata';
import { attributeTypeOf } from '@ijw/metadata/attributes';
import { TokenText } from '@ijw/metadata/canonical';
import { cellWords } from '@ijw/metadata/words';
import { ownerText } from '../members/owner-text.ts';
import type { FoundMatch, SearchedContent } from './found-match.ts';
import type { TextPattern } from './text-pattern.ts';

/** Custom attributes by the name of their type, with or without `Attribute`; the text has their arguments. */
export function* findAttributes({ metadata }: SearchedContent, { test, ofFullNames }: TextPattern): Generator<FoundMatch> {
  if (metadata === undefined) return;
  const { CustomAttribute } = metadata.tables;
  const parents = CustomAttribute.column('Parent');
  const words = cellWords(CustomAttribute.column('Value'), metadata, new TokenText(metadata));
  const fitting = new Map<number, string | undefined>();
  const types = CustomAttribute.column('Type');
  const nameOf = (rid: number): string | undefined => {
    const full = ifReadable(() => typeFullName(metadata, attributeTypeOf(metadata, rid)));
    if (full === undefined) return undefined;
    const simple = full.split(/[./]/).at(-1) ?? full;
    const fits =
      test(simple) || test(simple.replace(/Attribute$/, '')) || (ofFullNames && (test(full) || test(full.replace(/Attribute$/, ''))));
    return fits ? full : undefined;
  };
  for (let rid = 1; rid <= CustomAttribute.rowCount; rid++) {
    const [type, parent] = [types.at(rid), parents.tokenOrBad(rid)];
    if (!fitting.has(type)) fitting.set(type, nameOf(rid));
    const name = fitting.get(type);
    if (name === undefined || parent === -1) continue;
    yield { kind: 'attribute', text: `${name} ${words(rid)}`.trimEnd(), token: parent, in: ownerText(metadata, parent) };
  }
}
