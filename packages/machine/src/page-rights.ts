/** What may be done with a page, as bits. A page cannot be writable and executable at once (W^X). */
export const PageRights = {
  none: 0,
  read: 1,
  readWrite: 3,
  execute: 4,
  readExecute: 5,
} as const;

/** A combination of the bits read (1), write (2) and execute (4). */
export type PageRightBits = number;

const READ = 1;
const WRITE = 2;
const EXECUTE = 4;

export const mayRead = (rights: PageRightBits): boolean => (rights & READ) !== 0;
export const mayWrite = (rights: PageRightBits): boolean => (rights & WRITE) !== 0;
export const mayExecute = (rights: PageRightBits): boolean => (rights & EXECUTE) !== 0;
export const isWriteAndExecute = (rights: PageRightBits): boolean => mayWrite(rights) && mayExecute(rights);

/** `rwx` with dashes, as it is shown in traces. */
export const pageRightsText = (rights: PageRightBits): string =>
  `${mayRead(rights) ? 'r' : '-'}${mayWrite(rights) ? 'w' : '-'}${mayExecute(rights) ? 'x' : '-'}`;

export type Access = 'read' | 'write' | 'execute';

/** The bit that an access needs. */
export const rightFor: Readonly<Record<Access, PageRightBits>> = { read: READ, write: WRITE, execute: EXECUTE };
