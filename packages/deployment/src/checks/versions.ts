import { Diagnostics, ifReadable } from '@ijw/binary';
import { isTokenOf, Metadata, methodSignatureOf, type Token } from '@ijw/metadata';
import { Boundary } from '@ijw/vtfixup';
import type { DeployedFile } from '../files/deployed-file.ts';
import type { FindingInput, FindingRule } from '../findings/finding.ts';
import { chainTo } from '../graph/dependency-graph.ts';
import { majorOf } from '../tables/frameworks.ts';
import { type Check, type CheckContext, issue } from './check.ts';

const MANY_PARAMETERS: FindingRule = {
  id: 'DR001',
  level: 'warning',
  title: 'A method with more than 16 parameters is called through a slot on .NET 10',
  message:
    '{file} has {count} methods with more than 16 parameters that native code calls ({method} has {parameters}): .NET 10 passes them wrongly',
  fix: 'Pass a structure instead, or run on .NET 9, or on .NET 10 with the fix.',
  help: 'The stub that .NET 10 makes for a slot passes the arguments beyond the sixteenth wrongly.',
  link: issue('dotnet/runtime', 127166),
};

const WPF_HOST: FindingRule = {
  id: 'DR002',
  level: 'warning',
  title: 'WPF of .NET 11 is published without what its mixed assemblies need',
  message:
    '{file} of WPF is mixed from .NET 11 on: it needs ijwhost.dll and vcruntime140_cor3.dll beside it, and cannot be in a single file',
  fix: 'Publish with the runtime pack Microsoft.WindowsDesktop.App.Runtime.win-{process} as it is; do not trim it, and do not bundle it.',
  help: 'DirectWriteForwarder and System.Printing were rebuilt with /clr:netcore for .NET 11. Older publish settings leave out what they did not need before.',
  link: issue('dotnet/wpf', 11575),
};

/** The CLR passes so many arguments without trouble. */
const SAFE_PARAMETERS = 16;

function* run(context: CheckContext): Iterable<FindingInput> {
  const { deployment, graph, process } = context;
  for (const { file, withRoot } of graph.nodes.values()) {
    const image = deployment.image(file);
    if (image?.kind !== 'mixed') continue;
    const common = { chain: chainTo(graph, file), file, when: withRoot ? ('load' as const) : ('use' as const) };
    if (process.runtime === 'net10.0') {
      const long = longMethods(context, file);
      const [first] = long;
      if (first) yield { ...common, rule: MANY_PARAMETERS, when: 'use', values: { count: long.length, ...first } };
    }
    if (isWpf(file) && majorOf(process.runtime) >= 11 && lacksHost(context, file))
      yield { ...common, rule: WPF_HOST, values: { process: process.architecture } };
  }
}

interface LongMethod {
  readonly method: string;
  readonly parameters: number;
}

/** Methods of slots that take more parameters. */
function longMethods({ deployment }: CheckContext, file: DeployedFile): readonly LongMethod[] {
  const found = new Map<number, LongMethod>();
  ifReadable(() => {
    const image = deployment.open(file);
    const metadata = Metadata.of(image);
    if (metadata === undefined) return;
    for (const { token, method } of Boundary.of(image, metadata, { diagnostics: new Diagnostics() }).nativeToManaged) {
      const parameters = ifReadable(() => parameterCount(metadata, token)) ?? 0;
      if (parameters > SAFE_PARAMETERS) found.set(token, { method: method ?? '', parameters });
    }
  });
  return [...found.values()];
}

function parameterCount(metadata: Metadata, token: number): number {
  return isTokenOf(token as Token, 'MethodDef') ? methodSignatureOf(metadata, token as Token).parameterTypes.length : 0;
}

const isWpf = ({ name }: DeployedFile): boolean => /^(?:directwriteforwarder|system\.printing)\.dll$/i.test(name);

/** Without the host, or inside a single file. */
const lacksHost = ({ deployment, process }: CheckContext, file: DeployedFile): boolean =>
  file.folder === process.inside ||
  (deployment.image(file)?.imports.some(({ module }) => module.toLowerCase() === 'ijwhost.dll') === true &&
    deployment.files.inFolder(file.folder, 'ijwhost.dll') === undefined);

export const versionsCheck: Check = { number: 10, title: 'Known faults of a version', rules: [MANY_PARAMETERS, WPF_HOST], run };
