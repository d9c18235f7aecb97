import type { DeployedFile } from '../files/deployed-file.ts';
import type { PeFacts } from '../files/file-facts.ts';
import type { FindingInput, FindingRule } from '../findings/finding.ts';
import { chainTo } from '../graph/dependency-graph.ts';
import { type Check, type CheckContext, issue } from './check.ts';

const TWO_RUNTIMES: FindingRule = {
  id: 'DR801',
  level: 'warning',
  title: 'Native code starts .NET Framework for an assembly of .NET',
  message:
    '{file} imports mscoree.dll but refers to System.Runtime: native code that calls it starts .NET Framework for an assembly of .NET',
  fix: 'Export with UnmanagedCallersOnly and NativeAOT, or host the runtime with nethost; exports written by ilasm need .NET Framework.',
  help: 'An export written by ilasm starts the runtime through mscoree.dll, which is .NET Framework. It does not have the assemblies of .NET, and one process cannot run both.',
  link: issue('3F/DllExport', 132),
};

const FRAMEWORK_IMAGE: FindingRule = {
  id: 'DR802',
  level: 'warning',
  title: 'A C++/CLI image of .NET Framework on .NET',
  message: '{file} is C++/CLI for .NET Framework: on {runtime} only what both have works',
  fix: 'Recompile {file} with /clr:netcore.',
  help: 'The image imports mscoree.dll and refers to mscorlib. .NET loads it, but native code that enters it first starts .NET Framework.',
  link: 'https://learn.microsoft.com/dotnet/core/porting/cpp-cli',
};

const importsMscoree = ({ imports }: PeFacts): boolean => imports.some(({ module }) => module.toLowerCase() === 'mscoree.dll');

const refersToNet = ({ managed }: PeFacts): boolean =>
  managed?.references.some(({ identity }) => /^system\.(?:runtime|private\.corelib)$/i.test(identity.name)) ?? false;

function* run(context: CheckContext): Iterable<FindingInput> {
  const { deployment, graph, process } = context;
  for (const { file, withRoot } of graph.nodes.values()) {
    const image = deployment.image(file);
    if (image === undefined || image.kind !== 'mixed' || !importsMscoree(image)) continue;
    yield* mixedFindings(context, file, image, {
      chain: chainTo(graph, file),
      when: withRoot && process.started === 'native' ? 'start' : 'use',
    });
  }
}

function* mixedFindings(
  { process }: CheckContext,
  file: DeployedFile,
  image: PeFacts,
  common: Pick<FindingInput, 'chain' | 'when'>,
): Iterable<FindingInput> {
  if (refersToNet(image)) {
    const level = process.started === 'native' ? { level: 'error' as const } : {};
    yield { ...common, ...level, rule: TWO_RUNTIMES, file };
  } else if (process.host === 'core') yield { ...common, rule: FRAMEWORK_IMAGE, file, values: { runtime: process.runtime } };
}

export const runtimesCheck: Check = { number: 8, title: 'Two runtimes in one process', rules: [TWO_RUNTIMES, FRAMEWORK_IMAGE], run };
