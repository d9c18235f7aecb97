import { type BrokenRule, type CaughtException, moduleRefusal, type RefusedImage, type RuntimeRefusal, ruleRefusal } from '@ijw/loader';
import { formatAssemblyIdentity } from '@ijw/metadata/resolution';
import { WindowsError, type WindowsErrorName } from '@ijw/windows';
import type { CheckContext } from '../checks/check.ts';
import type { DeployedFile } from '../files/deployed-file.ts';
import { edgesTo } from '../graph/dependency-graph.ts';
import { type Edge, fileOf } from '../graph/edge.ts';
import { isWindows } from '../tables/operating-systems.ts';
import type { Consequence } from './finding.ts';

/** What messages of the runtime say of a file. */
export function refusedImage({ deployment }: CheckContext, file: DeployedFile): RefusedImage {
  const image = deployment.image(file);
  const identity = image?.managed?.identity;
  return {
    file: file.name,
    mixed: image?.kind === 'mixed',
    assembly: identity && formatAssemblyIdentity(identity),
    version: image?.managed?.metadataVersion,
  };
}

const ofException = (exception: CaughtException | undefined): Consequence =>
  exception === undefined ? {} : { exception: exception.type, ...(exception.message !== undefined && { text: exception.message }) };

/** A refusal of the loader as a consequence. */
export const consequenceOf = ({ hresult, exception }: RuntimeRefusal): Consequence => ({
  ...(hresult !== undefined && { hresult }),
  ...ofException(exception),
});

/** A broken rule of the runtime, for one file. */
export const ruleConsequence = (context: CheckContext, rule: BrokenRule, file: DeployedFile): Consequence =>
  consequenceOf(ruleRefusal(context.process.runtime, rule, refusedImage(context, file)));

const DLL_NOT_FOUND = { hresult: 0x80131524, exception: 'System.DllNotFoundException' };

/** dotnet/runtime `src/coreclr/vm/nativelibrary.cpp`, `LoadLibErrorTracker::Throw`. */
export function pinvokeConsequence({ process }: CheckContext, library: string, error: WindowsErrorName): Consequence {
  if (!isWindows(process.os)) return { ...DLL_NOT_FOUND, text: `Unable to load shared library '${library}' or one of its dependencies.` };
  if (error === 'BAD_EXE_FORMAT')
    return {
      hresult: 0x8007000b,
      exception: 'System.BadImageFormatException',
      text: 'An attempt was made to load a program with an incorrect format. (0x8007000B)',
    };
  const { hresult, text } = WindowsError[error];
  const code = `0x${hresult.toString(16).toUpperCase()}`;
  const what =
    process.host === 'framework' ? `Unable to load DLL '${library}'` : `Unable to load DLL '${library}' or one of its dependencies`;
  return { ...DLL_NOT_FOUND, text: `${what}: ${text} (${process.host === 'framework' ? 'Exception from HRESULT: ' : ''}${code})` };
}

/**
 * What an error of the Windows loader becomes for the code that started the load: native code sees the error itself, a P/Invoke throws, the load of a mixed
 * image fails with the exception of its runtime.
 */
export function nativeConsequence(context: CheckContext, edge: Edge, error: WindowsErrorName): Consequence {
  const { process, graph, deployment } = context;
  const way = [...edgesTo(graph, edge.from), edge];
  const from = way.findLastIndex(({ reason }) => reason !== 'import' && reason !== 'needed' && reason !== 'delayImport');
  const entry = way[from];
  if (entry?.reason === 'pinvoke') return pinvokeConsequence(context, entry.name, error);
  const file = entry === undefined ? process.root : fileOf(entry);
  const isManaged = file !== undefined && deployment.image(file)?.managed !== undefined;
  if (file === undefined || !isManaged || (entry === undefined && process.started === 'native')) {
    const { hresult, text } = WindowsError[error];
    return { hresult, text };
  }
  return consequenceOf(moduleRefusal(process.runtime, refusedImage(context, file), error));
}
