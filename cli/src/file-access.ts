import { readdirSync, type Stats, statSync } from 'node:fs';
import { FileAccessError } from './io.ts';

export const errorCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'file not found',
  EISDIR: 'it is a directory, not a file',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  ENOSPC: 'the disk is full',
  EEXIST: 'a part of its path is not a directory',
  ENOTDIR: 'it, or a part of its path, is not a directory',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'it is not a path',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

export function accessError(path: string, error: unknown): FileAccessError {
  const code = errorCode(error);
  return new FileAccessError(path, `${REASONS[code] ?? (error instanceof Error ? error.message : String(error))} (${code})`);
}

/** `undefined` if the path does not exist, also if a part of it is not a directory. */
export function fileStatus(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Names of the files in a folder; what is not a file is left out. @throws FileAccessError */
export function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() || (entry.isSymbolicLink() && fileStatus(`${folder}/${entry.name}`)?.isFile() === true))
      .map(({ name }) => name);
  } catch (error) {
    throw accessError(folder, error);
  }
}

/** The greatest depth of folders; a deeper tree is a loop of mounts. */
const DEEPEST_FOLDER = 64;

/** Paths of the files in a folder and in the folders below it, with `/` between names; links to folders are not followed. @throws FileAccessError */
export function filesBelow(folder: string): readonly string[] {
  const paths: string[] = [];
  const pending = [{ path: '', depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, depth } = next;
    const full = `${folder}/${path}`;
    for (const name of [...filesIn(full)].sort()) paths.push(`${path}${name}`);
    if (depth === DEEPEST_FOLDER) throw new FileAccessError(full, `folders are nested more than ${DEEPEST_FOLDER} deep`);
    for (const name of foldersIn(full).sort().reverse()) pending.push({ path: `${path}${name}/`, depth: depth + 1 });
  }
  return paths;
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
  } catch (error) {
    throw accessError(folder, error);
  }
}

/** Identifies a file, whatever its path; `undefined` for a device or a pipe, which may be read and written at the same time. */
export const fileIdentity = (status: Stats | undefined): string | undefined =>
  status?.isFile() ? `${status.dev}:${status.ino}` : undefined;
