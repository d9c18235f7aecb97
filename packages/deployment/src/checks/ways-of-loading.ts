import type { DeployedFile } from '../files/deployed-file.ts';
import { ruleConsequence } from '../findings/consequences.ts';
import type { FindingInput, FindingRule } from '../findings/finding.ts';
import { chainTo } from '../graph/dependency-graph.ts';
import { isWindows, SYSTEM_NAMES } from '../tables/operating-systems.ts';
import { type Check, type CheckContext, issue } from './check.ts';

const FROM_BYTES: FindingRule = {
  id: 'DR901',
  level: 'error',
  title: 'A mixed assembly is loaded from a byte[]',
  message: '{file} embeds the mixed assembly {name}: it cannot be loaded from a byte[]',
  fix: 'Take {name} out of the resources (Costura: ExcludeAssemblies, or Unmanaged64Assemblies, which unpacks it), and put it beside {file}.',
  help: 'Native code must be mapped by Windows, from a file. Costura and its like load what they embed with Assembly.Load(byte[]).',
  link: issue('Fody/Fody', 153),
};

const IN_BUNDLE: FindingRule = {
  id: 'DR902',
  level: 'error',
  title: 'A mixed assembly is inside a single file',
  message: '{file} is mixed and lies inside {program}: the runtime cannot load it from there',
  fix: 'Publish without PublishSingleFile, exclude {file} (ExcludeFromSingleFile), or set IncludeAllContentForSelfExtract.',
  help: 'The files of a single-file program are mapped from the program itself; Windows maps only whole files, and native code needs Windows.',
  link: 'https://learn.microsoft.com/dotnet/core/deploying/single-file/overview',
};

const COLLECTIBLE: FindingRule = {
  id: 'DR903',
  level: 'warning',
  title: 'A mixed assembly in a program that makes collectible contexts',
  message: '{importer} makes collectible AssemblyLoadContexts: {file} is mixed and cannot be loaded into one',
  fix: 'Load {file} into the default context, or into one that is not collectible.',
  help: 'The code of a mixed assembly cannot be unloaded.',
  link: 'https://learn.microsoft.com/dotnet/standard/assembly/unloadability',
};

const OFF_WINDOWS: FindingRule = {
  id: 'DR904',
  level: 'error',
  title: 'A mixed assembly off Windows',
  message: '{file} has native Windows code (C++/CLI): {system} cannot load it',
  fix: 'Run on Windows, or replace {file} by a C library that is called with P/Invokes.',
  help: 'C++/CLI is for Windows alone. The runtime of another system refuses an image that is not IL alone.',
  link: 'https://learn.microsoft.com/dotnet/core/porting/cpp-cli',
};

function* run(context: CheckContext): Iterable<FindingInput> {
  const { deployment, graph, process } = context;
  for (const { file, withRoot } of graph.nodes.values()) {
    const image = deployment.image(file);
    if (image?.managed === undefined) continue;
    yield* embeddedFindings(context, file, image.managed.embedded);
    if (image.kind !== 'mixed') continue;
    const common = { chain: chainTo(graph, file), file, when: withRoot ? ('load' as const) : ('use' as const) };
    if (!isWindows(process.os)) {
      const consequence = ruleConsequence(context, 'noCliHeader', file);
      yield { ...common, rule: OFF_WINDOWS, values: { system: SYSTEM_NAMES[process.os] }, consequence };
    } else if (file.folder === process.inside) {
      const values = { program: process.program?.name ?? 'the program' };
      yield { ...common, rule: IN_BUNDLE, values, consequence: ruleConsequence(context, 'mixedInBundle', file) };
    }
    yield* collectibleFindings(context, file, common);
  }
}

function* collectibleFindings(context: CheckContext, file: DeployedFile, common: Omit<FindingInput, 'rule'>): Iterable<FindingInput> {
  for (const { file: maker } of context.graph.nodes.values()) {
    if (!context.deployment.image(maker)?.managed?.makesCollectible) continue;
    yield {
      ...common,
      rule: COLLECTIBLE,
      when: 'use',
      values: { importer: maker.name },
      consequence: ruleConsequence(context, 'collectibleContext', file),
    };
    return;
  }
}

/** Which of the embedded assemblies are mixed, their bytes say. */
function* embeddedFindings(context: CheckContext, file: DeployedFile, embedded: readonly string[]): Iterable<FindingInput> {
  if (embedded.length === 0) return;
  for (const name of context.deployment.embeddedMixed(file)) {
    const consequence = ruleConsequence(context, 'mixedFromBytes', file);
    yield { rule: FROM_BYTES, chain: [...chainTo(context.graph, file), name], file, when: 'use', values: { name }, consequence };
  }
}

export const waysOfLoadingCheck: Check = {
  number: 9,
  title: 'Ways of loading',
  rules: [FROM_BYTES, IN_BUNDLE, COLLECTIBLE, OFF_WINDOWS],
  run,
};
