import { isRefusal, PAGE_SIZE, PageRights } from '@ijw/machine';
import type { GuestProcess } from './guest-process.ts';
import { windowsRefusal } from './windows-error.ts';

/** The default stack size of Windows. */
const STACK_SIZE = 0x10_0000;

/** The stack of the one thread that runs native code here. The page below it has no rights. */
export class GuestStack {
  /** The start of the next frame, below the used part of the stack. */
  pointer: number;

  /** @throws LoadRefusal where the process has no room for a stack */
  constructor({ memory }: GuestProcess) {
    const base = memory.reserve(STACK_SIZE);
    const refused = isRefusal(base) ? base : memory.commit(base + PAGE_SIZE, STACK_SIZE - PAGE_SIZE, PageRights.readWrite);
    if (isRefusal(base) || refused) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForStack', refused?.message ?? 'No room for a stack');
    this.pointer = base + STACK_SIZE;
  }
}
