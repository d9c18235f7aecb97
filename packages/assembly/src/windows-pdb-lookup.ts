import { BadImageError } from '@ijw/binary';
import type { PEImage } from '@ijw/pe';
import { DebugType, readDebugDirectory } from '@ijw/pe/debug';
import { WindowsPdb } from '@ijw/symbols';
import type { FileSource } from './files/file-source.ts';

export interface FoundWindowsPdb {
  readonly pdb?: WindowsPdb;
  /** Why no PDB was found, in words for the user. */
  readonly missing?: string;
}

const MSF_START = 'Microsoft C/C++ MSF 7.00';

/** Whether bytes start as a Windows PDB does: what is beside an image may be a portable one. */
const isWindowsPdb = (bytes: Uint8Array): boolean =>
  Array.from(MSF_START).every((character, index) => bytes[index] === character.charCodeAt(0));

/**
 * The Windows PDB beside an image: under the image's own name, or under the name that its debug directory has. GUID and age must be those of the image.
 * @param file the path of the image in `files`; what reading throws is passed on
 */
export function findWindowsPdb(image: PEImage, file: string, files: FileSource): FoundWindowsPdb {
  const data = image.diagnostics.attempt(() => readDebugDirectory(image))?.find((entry) => entry.type === DebugType.CODEVIEW)?.data;
  if (data?.kind !== 'rsds') return { missing: 'the image names no PDB' };
  const folder = file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const named = data.path.slice(Math.max(data.path.lastIndexOf('/'), data.path.lastIndexOf('\\')) + 1);
  const paths = [...new Set([file.replace(/\.[^./\\]*$/, '.pdb'), `${folder}${named}`])];
  let missing = `${paths.join(' and ')} do${paths.length === 1 ? 'es' : ''} not exist`;
  for (const path of paths) {
    const bytes = files.read(path);
    if (bytes === undefined) continue;
    if (!isWindowsPdb(bytes)) {
      missing = `${path} is not a Windows PDB`;
      continue;
    }
    try {
      const pdb = WindowsPdb.parse(bytes, image.diagnostics);
      if (pdb.info.guid === data.guid.toLowerCase() && pdb.age === data.age) return { pdb };
      missing = `${path} belongs to another build of the file`;
    } catch (error) {
      if (!(error instanceof BadImageError)) throw error;
      missing = `${path} cannot be read: ${error.message}`;
    }
  }
  return { missing };
}
