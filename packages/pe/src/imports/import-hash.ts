import { hexBytes, md5 } from '@ijw/binary';
import type { PEImage } from '../pe-image.ts';
import { type ImportedModule, readImportDirectory } from './import-directory.ts';
import { ordinalNames } from './ordinal-names.ts';

/** Endings that a library's name is written without. */
const LIBRARY_ENDING = /\.(?:ocx|sys|dll)$/;

/** `library.function` for each import of a module, in lower case. */
function importNames({ name, symbols }: ImportedModule): readonly string[] {
  const library = name.toLowerCase();
  const plain = library.replace(LIBRARY_ENDING, '');
  const known = ordinalNames(library);
  return symbols.map((symbol) => `${plain}.${(symbol.name || known?.[symbol.ordinal ?? 0] || `ord${symbol.ordinal ?? 0}`).toLowerCase()}`);
}

/**
 * The import hash of an image: MD5 over the names of its imports in their order, in lower-case hexadecimal digits (Mandiant, "Tracking Malware with Import
 * Hashing"; pefile `get_imphash`). Programs that are built from the same source mostly have the same one. `undefined` without an import directory. Throws
 * `BadImageError`.
 */
export function importHash(image: PEImage): string | undefined {
  const directory = readImportDirectory(image);
  return directory && hexBytes(md5(new TextEncoder().encode(directory.modules.flatMap(importNames).join(','))));
}
