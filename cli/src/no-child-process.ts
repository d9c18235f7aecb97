/**
 * Stands in the bundle for `node:child_process`, which commander imports for commands that are programs of their own. ijw has none, and loading the module costs as much as
 * reading a header.
 */
export function spawn(): never {
  throw new Error('No command of ijw is a program of its own');
}
