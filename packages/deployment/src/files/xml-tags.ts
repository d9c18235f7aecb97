/** A start or an end tag of an XML text. */
export interface XmlTag {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly isEnd: boolean;
  readonly attributes: string;
}

/** Configuration files and manifests are small; a longer text is cut. */
const LONGEST = 0x400000;

const TAG = /<(\/?)([\w.:-]+)([^<>]*)>/g;

const COMMENT = '<!--';

/** The tags of a text in their order, comments left out. What is not a tag is passed over. */
export function* xmlTags(text: string): Generator<XmlTag> {
  for (const part of withoutComments(text.slice(0, LONGEST)))
    for (const [, slash = '', name = '', attributes = ''] of part.matchAll(TAG))
      yield { name: name.slice(name.indexOf(':') + 1), isEnd: slash === '/', attributes };
}

function* withoutComments(text: string): Generator<string> {
  let from = 0;
  for (let start = text.indexOf(COMMENT); start >= 0; start = text.indexOf(COMMENT, from)) {
    yield text.slice(from, start);
    const end = text.indexOf('-->', start);
    if (end < 0) return;
    from = end;
  }
  yield text.slice(from);
}

/** An attribute of a start tag, as its text. */
export const attributeOf = ({ attributes }: XmlTag, name: string): string | undefined =>
  new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i')
    .exec(attributes)
    ?.slice(1)
    .find((value) => value !== undefined);
