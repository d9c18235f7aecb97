import type { RefusedOutcome } from '@ijw/loader';
import type { DeployedFile } from '../files/deployed-file.ts';
import { consequenceOf } from '../findings/consequences.ts';
import type { FindingInput, FindingRule } from '../findings/finding.ts';
import { chainTo } from '../graph/dependency-graph.ts';
import { type Check, type CheckContext, issue } from './check.ts';

const REFUSED: FindingRule = {
  id: 'DR101',
  level: 'error',
  title: 'The runtime refuses the image',
  message: '{file} is refused: {reason}',
  fix: 'Build {file} again, or take an undamaged copy; tools that rewrite images break this rule.',
  help: 'The simulated load of the image ends with a rule that the runtime checks before it runs any code. `ijw load FILE --trace` shows each step.',
  link: 'https://github.com/dotnet/runtime/blob/main/src/coreclr/vm/peimage.cpp',
};

const NOT_AN_IMAGE: FindingRule = {
  id: 'DR102',
  level: 'error',
  title: 'The file is not an image',
  message: '{file} is {what}: no loader takes it',
  fix: 'Replace {file} by the file that was built.',
  help: 'Windows loads PE images, Linux ELF files, macOS Mach-O files. An empty or cut file, a page of a proxy or a pointer of Git LFS has the name alone.',
  link: issue('dotnet/runtime', 93672),
};

/** Rules of the loader that other checks have findings for, with the file that is at fault. */
const OF_OTHER_CHECKS: ReadonlySet<string> = new Set([
  'moduleNotFound',
  'wrongMachine',
  'exportNotFound',
  'architectureMismatch',
  'unknownMachine',
  'noCliHeader',
  'mixedFromBytes',
  'mixedInBundle',
  'olderRuntime',
  'newerRuntime',
  'collectibleContext',
  'coreLibrary',
]);

/** A refusal for the files that the image needs is found by the checks that look at them; what none of them has found is said here. */
function isOwn({ found, deployment, process }: CheckContext, outcome: RefusedOutcome, { name }: DeployedFile): boolean {
  // Beside the runtime, which loads it itself.
  if (outcome.rule === 'coreLibrary' && deployment.files.inFolder(process.folder, 'coreclr.dll')) return false;
  const culprit = outcome.place?.file;
  if (!OF_OTHER_CHECKS.has(outcome.rule) && (culprit === undefined || culprit.toLowerCase() === name.toLowerCase())) return true;
  return !found.some(({ chain, rule, level = rule.level }) => level !== 'info' && chain.includes(name));
}

/** A delayed host leaves addresses where the runtime reads tokens: the check for the host says so. */
const delaysHost = ({ deployment }: CheckContext, file: DeployedFile): boolean =>
  deployment.image(file)?.imports.some(({ module, delayed }) => delayed && module.toLowerCase() === 'ijwhost.dll') === true;

function* run(context: CheckContext): Iterable<FindingInput> {
  const { deployment, graph, process } = context;
  const root = deployment.facts(process.root);
  if (root.format === 'other') {
    const consequence = { hresult: 0x800700c1, text: ' is not a valid Win32 application.' };
    yield {
      rule: NOT_AN_IMAGE,
      chain: [process.root.name],
      file: process.root,
      when: 'load',
      values: { what: root.description },
      consequence,
    };
  }
  for (const { file, withRoot } of graph.nodes.values()) {
    const outcome = context.load(file);
    if (outcome?.outcome !== 'refused' || !isOwn(context, outcome, file) || delaysHost(context, file)) continue;
    const values = { reason: sentence(outcome.reason) };
    yield {
      rule: REFUSED,
      chain: chainTo(graph, file),
      file,
      when: withRoot ? 'load' : 'use',
      values,
      consequence: consequenceOf(outcome),
    };
  }
}

const sentence = (reason: string): string => reason.replace(/\.$/, '').replace(/^The /, 'the ');

export const imageCheck: Check = { number: 1, title: 'Image', rules: [REFUSED, NOT_AN_IMAGE], run };
