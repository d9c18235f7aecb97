import type { Metadata, Token } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';

/** The kinds of matches. The first five are definitions of a module. */
export const matchKinds = [
  'type',
  'method',
  'field',
  'property',
  'event',
  'parameter',
  'genericParameter',
  'namespace',
  'typeReference',
  'memberReference',
  'assemblyReference',
  'moduleReference',
  'forwarder',
  'resource',
  'import',
  'export',
  'string',
  'constant',
  'attribute',
] as const;
export type MatchKind = (typeof matchKinds)[number];

/** Something that fits a pattern. */
export interface FoundMatch {
  readonly kind: MatchKind;
  readonly text: string;
  /** Of a row of metadata or a user string. */
  readonly token?: Token;
  readonly rva?: number;
  /** In the file. */
  readonly offset?: number;
  /** The member that has a constant or an attribute; where a string is: `#US`, a resource, a section. */
  readonly in?: string;
  /** Of the instruction with a constant. */
  readonly ilOffset?: number;
}

/** What is searched: an `Assembly`. */
export interface SearchedContent {
  readonly image: PEImage | undefined;
  readonly metadata: Metadata | undefined;
}
