import { ifReadable } from '@ijw/binary';
import { Loader, type LoadOutcome } from '@ijw/loader';
import type { Architecture } from '@ijw/machine';
import { searchedModules } from '@ijw/windows';
import type { CheckContext } from './checks/check.ts';
import { CHECKS } from './checks/checks.ts';
import { type DeployedFile, fileNameOf } from './files/deployed-file.ts';
import type { Deployment } from './files/deployment.ts';
import { byGravity, type Finding, type FindingInput, findingOf } from './findings/finding.ts';
import { type DependencyGraph, dependencyGraph } from './graph/dependency-graph.ts';
import type { Edge } from './graph/edge.ts';
import { findNative } from './graph/native-imports.ts';
import { processKey, type TargetProcess, targetProcess } from './process/target-process.ts';
import { rootsOf } from './roots.ts';
import { isWindows } from './tables/operating-systems.ts';

/** `depends-on-target`: nothing is wrong here, but the target machine must have what only it knows. */
export type Verdict = 'loads' | 'will-not-load' | 'depends-on-target';

/** The verdict on one file that is started or loaded. */
export interface Diagnosis {
  readonly process: TargetProcess;
  readonly graph: DependencyGraph;
  readonly verdict: Verdict;
  /** Worst first. */
  readonly findings: readonly Finding[];
}

/** What is wrong with a deployment: a diagnosis for each file that others do not bring, the worst first. */
export interface DeploymentReport {
  readonly deployment: Deployment;
  readonly verdict: Verdict;
  readonly diagnoses: readonly Diagnosis[];
}

const VERDICTS: readonly Verdict[] = ['will-not-load', 'depends-on-target', 'loads'];

export const verdictOf = (findings: readonly Pick<Finding, 'level'>[]): Verdict => {
  if (findings.some(({ level }) => level === 'error')) return 'will-not-load';
  return findings.some(({ level }) => level === 'warning') ? 'depends-on-target' : 'loads';
};

/** Makes all checks. */
export function diagnose(deployment: Deployment): DeploymentReport {
  const known = new Map<string, KnownProcess>();
  const diagnoses = rootsOf(deployment).map((root) => diagnoseRoot(deployment, root, known));
  const order = [...diagnoses.entries()].sort(
    ([at, one], [index, other]) =>
      VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict) || compareFirst(one, other) || at - index,
  );
  const sorted = order.map(([, diagnosis]) => diagnosis);
  return { deployment, verdict: sorted[0]?.verdict ?? 'loads', diagnoses: sorted };
}

function compareFirst({ findings: [one] }: Diagnosis, { findings: [other] }: Diagnosis): number {
  return one === undefined || other === undefined ? 0 : byGravity(one, other);
}

/** What roots of one process share: the needs of each file, and the loads that were simulated. */
interface KnownProcess {
  readonly edges: Map<DeployedFile, readonly Edge[]>;
  readonly loads: Map<DeployedFile, LoadOutcome | undefined>;
}

function diagnoseRoot(deployment: Deployment, root: DeployedFile, known: Map<string, KnownProcess>): Diagnosis {
  const process = targetProcess(deployment, root);
  const shared = known.get(processKey(process)) ?? { edges: new Map(), loads: new Map() };
  known.set(processKey(process), shared);
  const graph = dependencyGraph(deployment, process, shared.edges);
  const found: FindingInput[] = [];
  const context: CheckContext = {
    found,
    deployment,
    process,
    graph,
    edges: edgesOf(graph),
    load: loads(deployment, process, shared.loads),
  };
  // The image comes last: it knows what the others have found.
  for (const check of [...CHECKS.slice(1), ...CHECKS.slice(0, 1)]) for (const finding of check.run(context)) found.push(finding);
  const findings = culpritFirst(distinct(found.map(findingOf)).sort(byGravity), context.load(root));
  return { process, graph, verdict: verdictOf(findings), findings };
}

/** Of several errors of the load itself the one that ends it comes first: what the loader names. */
function culpritFirst(findings: readonly Finding[], outcome: LoadOutcome | undefined): readonly Finding[] {
  const culprit = outcome?.outcome === 'refused' ? outcome.place?.file?.toLowerCase() : undefined;
  const first = findings.find(
    ({ file, level, when }) => level === 'error' && when === 'load' && fileNameOf(file).toLowerCase() === culprit,
  );
  return first === undefined ? findings : [first, ...findings.filter((finding) => finding !== first)];
}

const edgesOf = ({ nodes }: DependencyGraph): readonly Edge[] => [...nodes.values()].flatMap(({ edges }) => edges);

/** One finding of a kind for a file: that with the shortest chain; the others are counted. */
function distinct(findings: readonly Finding[]): Finding[] {
  const kept = new Map<string, { finding: Finding; others: number }>();
  for (const finding of findings) {
    const key = `${finding.id} ${finding.level} ${finding.file.toLowerCase()}`;
    const known = kept.get(key);
    if (known === undefined) kept.set(key, { finding, others: 0 });
    else {
      known.others++;
      if (byGravity(finding, known.finding) < 0) known.finding = finding;
    }
  }
  return Array.from(kept.values(), ({ finding, others }) => (others === 0 ? finding : { ...finding, others }));
}

const ARCHITECTURES: ReadonlySet<string> = new Set<Architecture>(['x86', 'x64', 'arm64']);

const isArchitecture = (text: string): text is Architecture => ARCHITECTURES.has(text);

/** The loads of one process, each made when it is asked for. Managed images are loaded alone: what they refer to is looked up by the checks. */
function loads(deployment: Deployment, process: TargetProcess, known: KnownProcess['loads']): CheckContext['load'] {
  return (file) => {
    if (!known.has(file)) known.set(file, simulate(deployment, process, file));
    return known.get(file);
  };
}

function simulate(deployment: Deployment, process: TargetProcess, file: DeployedFile): LoadOutcome | undefined {
  const image = deployment.image(file);
  const { architecture, os, runtime, host, started, exeConfig, root, inside } = process;
  if (image?.managed === undefined || !isWindows(os) || !isArchitecture(architecture)) return undefined;
  if (image.kind === 'managed' && deployment.file !== root && file !== process.main) return undefined;
  if (image.kind === 'managed' && file !== root && file !== process.main) return undefined;
  const provider = searchedModules((name) => {
    const found = findNative(deployment, process, file, name).file;
    const bytes = found?.read();
    return found && bytes && { bytes, path: found.path };
  });
  const legacyV2Policy = exeConfig !== undefined && typeof exeConfig.content !== 'string' && exeConfig.content.legacyV2Policy;
  const loader = new Loader({ host, runtime, architecture, provider, legacyV2Policy });
  const isNative = started === 'native' && image.kind === 'mixed';
  return ifReadable(() =>
    loader.load(deployment.open(file), { path: file.name, nativeFirst: isNative, ...(file.folder === inside && { from: 'bundle' }) }),
  );
}
