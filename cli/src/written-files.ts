import { printable } from '@ijw/binary';
import type { CommandContext } from './command.ts';

/** Characters and names of devices that Windows reserves (Windows SDK "Naming Files, Paths, and Namespaces"); `\` also begins what `printable` writes for controls. */
const FORBIDDEN = /[<>:"/\\|?*]/g;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const LONGEST = 200;

/** A name from a file as a name of a file: it is one name, whatever is in it. */
export function safeFileName(name: string): string {
  const plain = printable(name)
    .replace(FORBIDDEN, '_')
    .replace(/[. ]+$/, '_')
    .slice(0, LONGEST);
  if (plain === '' || /^\.+$/.test(plain)) return '_';
  return DEVICE.test(plain) ? `_${plain}` : plain;
}

/** Gives each name of a folder once, whatever its case: the second `a` becomes `a~2`. */
export function uniqueNames(): (name: string) => string {
  const given = new Set<string>();
  return (name) => {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name}~${number}`;
      if (given.has(candidate.toLowerCase())) continue;
      given.add(candidate.toLowerCase());
      return candidate;
    }
  };
}

/** Writes a file, all or nothing. @throws FileAccessError */
export function writeFile({ io }: CommandContext, path: string, bytes: Uint8Array): void {
  const output = io.createFile(path);
  try {
    output.write(bytes);
    output.commit();
  } catch (error) {
    output.discard();
    throw error;
  }
}
