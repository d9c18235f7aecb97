import { BadImageError } from '@ijw/binary';
import { PortablePdb } from '@ijw/metadata';
import { DebugType, type PEImage, readDebugDirectory, readEmbeddedPortablePdb } from '@ijw/pe';
import type { Io } from './io.ts';

export interface FoundPortablePdb {
  readonly pdb?: PortablePdb;
  /** Why there is none, in words for the user. */
  readonly missing?: string;
}

/** The portable PDB that is in the image, or in a file of its name beside it. */
export async function findPortablePdb(io: Io, file: string, image: PEImage): Promise<FoundPortablePdb> {
  const beside = file.replace(/\.[^./\\]*$/, '.pdb');
  try {
    const embedded = await readEmbeddedPortablePdb(image);
    if (embedded === undefined && !io.isFile(beside)) return { missing: `no PDB is embedded, and there is no ${beside}` };
    const pdb = PortablePdb.parse(embedded ?? io.readFile(beside));
    if (pdb === undefined) return { missing: `${beside} is no portable PDB` };
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
