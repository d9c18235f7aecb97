import type { LoadOutcome } from '@ijw/loader';
import type { DeployedFile } from '../files/deployed-file.ts';
import type { Deployment } from '../files/deployment.ts';
import type { FindingInput, FindingRule } from '../findings/finding.ts';
import type { DependencyGraph } from '../graph/dependency-graph.ts';
import type { Edge } from '../graph/edge.ts';
import type { TargetProcess } from '../process/target-process.ts';

/** What the checks look at: the graph from one root, and the loads that were simulated. */
export interface CheckContext {
  readonly deployment: Deployment;
  readonly process: TargetProcess;
  readonly graph: DependencyGraph;
  /** Every edge of the graph. */
  readonly edges: readonly Edge[];
  /** What the checks before this one have found. */
  readonly found: readonly FindingInput[];
  /** The simulated load of an assembly; `undefined` where the loader does not simulate it: on other systems, of native images. */
  readonly load: (file: DeployedFile) => LoadOutcome | undefined;
}

/** One question about a deployment. */
export interface Check {
  /** Of the specification: 1 to 10. */
  readonly number: number;
  readonly title: string;
  readonly rules: readonly FindingRule[];
  run(context: CheckContext): Iterable<FindingInput>;
}

/** Where the words of the sources are. */
export const issue = (repository: string, number: number): string => `https://github.com/${repository}/issues/${number}`;
