/**
 * Replaces `node:child_process` in the bundle. commander imports it for commands that are separate programs; ijw has none, and loading the module takes as long as
 * reading a header.
 */
export function spawn(): never {
  throw new Error('No command of ijw is a program of its own');
}
