import { basename, dirname } from 'node:path';
import { type FileSource, isRuntimeId, zipFiles } from '@ijw/assembly';
import { UsageError } from '@ijw/binary';
import { type DeploymentInput, type OperatingSystem, parseExeConfig } from '@ijw/deployment';
import type { OptionValues } from './command.ts';
import { FileAccessError, type Io } from './io.ts';
import { folderFiles, isZip, searchOption, sourcesOf } from './search-path.ts';

/** Files of a folder; each is read when it is asked for. */
function folderSource(io: Io, folder: string, files: readonly string[]): FileSource {
  const paths = new Set(files);
  const start = folder === '.' ? '' : folder.endsWith('/') ? folder : `${folder}/`;
  return {
    name: folder,
    paths: [...paths],
    read: (path) => (paths.has(path) ? io.readFile(`${start}${path}`) : undefined),
    ...(io.useFile && { use: (path, take) => (paths.has(path) ? io.useFile?.(`${start}${path}`, take) : undefined) }),
  };
}

/**
 * The files that a file of a folder may need: those beside it, the assets for runtime identifiers, and where a program's configuration has the runtime look. What
 * else is below the folder may be the whole disk. @throws FileAccessError
 */
function filesBeside(io: Io, folder: string): readonly string[] {
  const beside = io.filesIn(folder);
  const configs = beside.filter((name) => /\.exe\.config$/i.test(name));
  const folders = configs.flatMap((name) => parseExeConfig(io.readFile(`${folder}/${name}`)).privatePaths);
  const below = ['runtimes', ...folders].flatMap((name) => filesIfThere(io, folder, name.replaceAll('\\', '/')));
  return [...beside, ...below];
}

/** A path that leaves the folder is not followed, as by the runtime. */
function filesIfThere(io: Io, folder: string, below: string): readonly string[] {
  if (/(?:^|\/)\.\.(?:\/|$)|^\/|:/.test(below)) return [];
  try {
    return io.filesBelow(`${folder}/${below}`).map((path) => `${below}/${path}`);
  } catch (error) {
    if (error instanceof FileAccessError) return [];
    throw error;
  }
}

/** What `ijw doctor` looks at: a file in its folder, a folder, an archive or a package. Rejects with `FileAccessError`, `UsageError`, `BadImageError`. */
export async function deploymentInput(io: Io, operand: string, options: OptionValues): Promise<DeploymentInput> {
  const process = processOptions(options);
  const search = await sourcesOf(io, searchOption(options));
  const common = { ...process, ...(search.length > 0 && { search }) };
  if (operand === '-') throw new UsageError('doctor needs a file or a folder: what lies beside standard input is not known');
  if (!io.isFile(operand))
    return { ...common, source: folderSource(io, operand, io.filesBelow(operand)), ...application(io, options, operand) };
  const head = io.readFile(operand);
  if (isZip(head)) return { ...common, source: await zipFiles(operand, head) };
  const folder = dirname(operand);
  return {
    ...common,
    source: folderSource(io, folder, filesBeside(io, folder)),
    file: basename(operand),
    ...application(io, options, folder),
  };
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
