import { InstructionCursor, type MethodBody, OpCodes } from '@ijw/il';
import { type MethodRoles, namesMethod, Role } from '../../inventory/il-roles.ts';

/** The content of a body, as bits: the roles of the methods that it names, and these. */
export const BodyMark = {
  ...Role,
  /** A `calli` and an `ldftn` both. */
  calliAndLdftn: 1 << 16,
  /** The method itself is UnmanagedCallersOnly. */
  isUnmanagedCallersOnly: 1 << 17,
  /** The method is IDynamicInterfaceCastable.GetInterfaceImplementation. */
  isGetInterfaceImplementation: 1 << 18,
} as const;

const CALLI = OpCodes.calli.index;
const LDFTN = OpCodes.ldftn.index;

/** Goes once through the code of a body. */
export class BodyMarker {
  readonly #roles: MethodRoles;
  readonly #cursor = new InstructionCursor(new Uint8Array(0));

  constructor(roles: MethodRoles) {
    this.#roles = roles;
  }

  marksOf({ bytes, codeStart, codeEnd }: MethodBody): number {
    const cursor = this.#cursor;
    let marks = 0;
    let seen = 0;
    cursor.reset(bytes, codeStart, codeEnd);
    while (cursor.moveNext()) {
      const { index } = cursor;
      if (index < 0) continue;
      if (namesMethod[index]) {
        marks |= this.#roles.of(cursor.uint32);
        if (index === LDFTN) seen |= 1;
      } else if (index === CALLI) seen |= 2;
    }
    return seen === 3 ? marks | BodyMark.calliAndLdftn : marks;
  }
}
