import type { FindingRule } from '../findings/finding.ts';
import type { Check } from './check.ts';
import { configurationCheck } from './configuration.ts';
import { hostCheck } from './host.ts';
import { imageCheck } from './image.ts';
import { managedReferencesCheck } from './managed-references.ts';
import { nativeImportsCheck } from './native-imports.ts';
import { pinvokesCheck } from './p-invokes.ts';
import { processCheck } from './process.ts';
import { runtimesCheck } from './runtimes.ts';
import { versionsCheck } from './versions.ts';
import { waysOfLoadingCheck } from './ways-of-loading.ts';

/** All checks, in the order in which they are made. */
export const CHECKS: readonly Check[] = [
  imageCheck,
  processCheck,
  nativeImportsCheck,
  hostCheck,
  configurationCheck,
  managedReferencesCheck,
  pinvokesCheck,
  runtimesCheck,
  waysOfLoadingCheck,
  versionsCheck,
];

/** Everything that the checks can find, by ascending id. */
export const FINDING_RULES: readonly FindingRule[] = CHECKS.flatMap(({ rules }) => rules).sort((one, other) =>
  one.id < other.id ? -1 : 1,
);

const byId: ReadonlyMap<string, FindingRule> = new Map(FINDING_RULES.map((rule) => [rule.id, rule]));

export const findingRule = (id: string): FindingRule | undefined => byId.get(id.toUpperCase());
