import { BadImageError } from '@ijw/binary';
import { PortablePdb } from '@ijw/metadata/pdb';
import type { PEImage } from '@ijw/pe';
import { DebugType, readDebugDirectory, readEmbeddedPortablePdb } from '@ijw/pe/debug';
import type { FileSource } from './files/file-source.ts';

export interface FoundPortablePdb {
  readonly pdb?: PortablePdb;
  /** Why no PDB was found, in words for the user. */
  readonly missing?: string;
}

/**
 * The portable PDB that is in the image, or in a file of its name beside it.
 * @param file the path of the image in `files`; what reading throws is passed on
 */
export async function findPortablePdb(image: PEImage, file: string, files: FileSource): Promise<FoundPortablePdb> {
  const beside = file.replace(/\.[^./\\]*$/, '.pdb');
  try {
    const embedded = await readEmbeddedPortablePdb(image);
    const bytes = embedded ?? files.read(beside);
    if (bytes === undefined) return { missing: `no PDB is embedded, and ${beside} does not exist` };
    const pdb = PortablePdb.parse(bytes);
    if (pdb === undefined) return { missing: `${beside} is not a portable PDB` };
    if (embedded === undefined && !belongsTo(pdb, image)) return { missing: `${beside} belongs to another build of the file` };
    return { pdb };
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    return { missing: `the PDB cannot be read: ${error.message}` };
  }
}

/** Portable PDB specification, "#Pdb stream": the first 16 bytes of the id are the GUID of the CodeView entry. */
function belongsTo(pdb: PortablePdb, image: PEImage): boolean {
  const data = readDebugDirectory(image)?.find((entry) => entry.type === DebugType.CODEVIEW)?.data;
  if (data?.kind !== 'rsds') return true;
  const [a = '', b = '', c = '', ...rest] = data.guid.split('-');
  const swapped = (digits: string): string => (digits.match(/../g) ?? []).reverse().join('');
  return pdb.id.startsWith(`${swapped(a)}${swapped(b)}${swapped(c)}${rest.join('')}`);
}
