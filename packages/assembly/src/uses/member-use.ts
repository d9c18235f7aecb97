import type { Metadata, Token } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import type { Boundary } from '@ijw/vtfixup';
import type { TokenUseIndex } from './token-use-index.ts';
import type { UseKind } from './use-kind.ts';

/** A file that is searched: an `Assembly` with its name. */
export interface SearchedFile {
  /** As the user names it. */
  readonly name: string;
  readonly assembly: {
    readonly image: PEImage | undefined;
    readonly metadata: Metadata | undefined;
    readonly boundary: Boundary;
    readonly tokenUses: TokenUseIndex | undefined;
  };
}

/** A place where something is used. */
export interface MemberUse {
  readonly file: string;
  readonly kind: UseKind;
  /** The user: `Namespace.Type::Name`, the owner of an attribute, a stub in native code. */
  readonly in: string;
  /** Of what uses it. */
  readonly token?: Token;
  /** Of the instruction, in the method. */
  readonly ilOffset?: number;
  /** Of native code that uses it. */
  readonly rva?: number;
  /** What is used: one of the members that the search found. */
  readonly target: string;
}
