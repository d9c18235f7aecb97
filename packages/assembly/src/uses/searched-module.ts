import { hex, ifReadable } from '@ijw/binary';
import { type Metadata, methodFullName, type Token } from '@ijw/metadata';
import type { SearchedFile } from './member-use.ts';
import type { ModuleMeanings } from './module-meanings.ts';

/** A module, and its tokens for the subject of a search. */
export interface SearchedModule {
  readonly file: SearchedFile;
  readonly metadata: Metadata;
  readonly meanings: ModuleMeanings;
}

/** The name of a method; its token where the name cannot be read. */
export const methodText = (metadata: Metadata, token: Token): string => ifReadable(() => methodFullName(metadata, token)) ?? hex(token, 8);
