import { basename, dirname } from 'node:path';
import { type FileSource, isRuntimeId, zipFiles } from '@ijw/assembly';
import { UsageError } from '@ijw/binary';
import type { DeploymentInput, OperatingSystem } from '@ijw/deployment';
import type { OptionValues } from './command.ts';
import type { Io } from './io.ts';
import { folderFiles, isZip, searchOption, sourcesOf } from './search-path.ts';

/** The files of a folder and below it; each is read when it is asked for. @throws FileAccessError */
function folderTree(io: Io, folder: string): FileSource {
  const paths = new Set(io.filesBelow(folder));
  const start = folder === '.' ? '' : folder.endsWith('/') ? folder : `${folder}/`;
  return {
    name: folder,
    paths: [...paths],
    read: (path) => (paths.has(path) ? io.readFile(`${start}${path}`) : undefined),
    ...(io.useFile && { use: (path, take) => (paths.has(path) ? io.useFile?.(`${start}${path}`, take) : undefined) }),
  };
}

/** What `ijw doctor` looks at: a file in its folder, a folder, an archive or a package. Rejects with `FileAccessError`, `UsageError`, `BadImageError`. */
export async function deploymentInput(io: Io, operand: string, options: OptionValues): Promise<DeploymentInput> {
  const process = processOptions(options);
  const search = await sourcesOf(io, searchOption(options));
  const common = { ...process, ...(search.length > 0 && { search }) };
  if (operand === '-') throw new UsageError('doctor needs a file or a folder: what lies beside standard input is not known');
  if (!io.isFile(operand)) return { ...common, source: folderTree(io, operand), ...application(io, options, operand) };
  const head = io.readFile(operand);
  if (isZip(head)) return { ...common, source: await zipFiles(operand, head) };
  const folder = dirname(operand);
  return { ...common, source: folderTree(io, folder), file: basename(operand), ...application(io, options, folder) };
}

function processOptions({ runtime, architecture, os, started }: OptionValues): Omit<DeploymentInput, 'source'> {
  return {
    ...(typeof runtime === 'string' && isRuntimeId(runtime) && { runtime }),
    ...(typeof architecture === 'string' && { architecture }),
    ...(typeof os === 'string' && { os: os as OperatingSystem }),
    ...((started === 'managed' || started === 'native') && { started }),
  };
}

/** The program, in the folder itself or in one of its own. */
function application(io: Io, { app }: OptionValues, folder: string): Pick<DeploymentInput, 'app' | 'application'> {
  if (typeof app !== 'string') return {};
  const path = io.isFile(app) ? app : `${folder}/${app}`;
  if (!io.isFile(path)) throw new UsageError(`--app ${app}: file not found`);
  if (dirname(path) === folder || `${dirname(path)}/` === folder) return { app: basename(path) };
  return { application: { source: folderFiles(io, dirname(path)), path: basename(path) } };
}
