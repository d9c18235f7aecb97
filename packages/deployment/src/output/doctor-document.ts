import { RUNTIME_PROFILES, type RuntimeId } from '@ijw/assembly/runtime-profiles';
import { formatVersion } from '@ijw/metadata/resolution';
import type { DeploymentReport, Diagnosis, Verdict } from '../diagnose.ts';
import type { DeployedFile } from '../files/deployed-file.ts';
import type { Deployment } from '../files/deployment.ts';
import type { Finding } from '../findings/finding.ts';
import { type DependencyKind, type Edge, type EdgeReason, fileOf, isMissing, type Satisfaction } from '../graph/edge.ts';
import type { TargetProcess } from '../process/target-process.ts';
import { processRow, SYSTEM_NAMES } from '../tables/operating-systems.ts';

/** One need of one file. */
export interface DependencyDocument {
  readonly name: string;
  readonly kind: DependencyKind;
  /** Absent where no file of the deployment satisfies it. */
  readonly path?: string;
  readonly machine?: string;
  /** Neither the deployment, nor the system, nor the runtime has it. */
  readonly missing: boolean;
  readonly from: string;
  readonly why: EdgeReason;
  readonly satisfiedBy: Satisfaction['by'];
  /** The version that was found, and that is asked for. */
  readonly version?: string;
  readonly needed?: string;
  /** A redistributable or a framework by name. */
  readonly source?: string;
  /** The places that were looked at, in order, where none had it. */
  readonly tried?: readonly string[];
}

/** The verdict on one file. */
export interface RootDocument {
  readonly file: string;
  readonly verdict: Verdict;
  readonly runtime: RuntimeId;
  readonly architecture: string;
  readonly os: string;
  readonly started: 'managed' | 'native';
  /** Where else than on its own machine the process runs: under WOW64, on Arm, under Rosetta. */
  readonly emulated?: string;
  readonly findings: readonly Finding[];
}

/** The JSON of `ijw doctor`. Runtime and architecture are those of the worst root; findings and dependencies are those of all. */
export interface DoctorDocument extends RootDocument {
  readonly dependencies: readonly DependencyDocument[];
  /** For a folder: each program, or each library that nothing else there needs. */
  readonly roots: readonly RootDocument[];
}

const rootDocument = ({ process, verdict, findings }: Diagnosis): RootDocument => ({
  file: process.root.path,
  verdict,
  runtime: process.runtime,
  architecture: process.architecture,
  os: process.os,
  started: process.started,
  ...emulated(process),
  findings,
});

function emulated({ os, architecture }: TargetProcess): Pick<RootDocument, 'emulated'> {
  const text = processRow(os, architecture)?.emulated;
  return text === undefined ? {} : { emulated: text };
}

/** @param file as the user named the deployment */
export function doctorDocument(file: string, { deployment, diagnoses, verdict }: DeploymentReport): DoctorDocument {
  const roots = diagnoses.map(rootDocument);
  const [worst] = roots;
  return {
    file,
    verdict,
    runtime: worst?.runtime ?? 'net10.0',
    architecture: worst?.architecture ?? 'x64',
    os: worst?.os ?? 'win10',
    started: worst?.started ?? 'managed',
    ...(worst?.emulated !== undefined && { emulated: worst.emulated }),
    findings: allFindings(diagnoses),
    dependencies: dependencies(deployment, diagnoses),
    roots,
  };
}

/** The findings of all roots, each once, in their order. */
export function allFindings(diagnoses: readonly Diagnosis[]): readonly Finding[] {
  const known = new Map<string, Finding>();
  for (const finding of diagnoses.flatMap(({ findings }) => findings)) {
    const key = `${finding.id} ${finding.level} ${finding.file}`;
    if (!known.has(key)) known.set(key, finding);
  }
  return [...known.values()];
}

function dependencies(deployment: Deployment, diagnoses: readonly Diagnosis[]): readonly DependencyDocument[] {
  const known = new Map<string, DependencyDocument>();
  for (const { graph } of diagnoses) {
    for (const { edges } of graph.nodes.values()) {
      for (const edge of edges) {
        const key = `${edge.from.path}\0${edge.reason}\0${edge.name.toLowerCase()}`;
        if (!known.has(key)) known.set(key, dependencyDocument(deployment, edge));
      }
    }
  }
  return [...known.values()];
}

function dependencyDocument(deployment: Deployment, edge: Edge): DependencyDocument {
  const file = fileOf(edge);
  const { name, kind, from, reason, satisfied, tried } = edge;
  const missing = isMissing(edge);
  const machine = file && machineText(deployment, file);
  const version = file && versionOf(deployment, file);
  const needed = reason === 'reference' && edge.use.identity.version ? formatVersion(edge.use.identity.version) : undefined;
  const source = sourceText(satisfied);
  return {
    name,
    kind,
    ...(file && { path: file.path }),
    ...(machine !== undefined && { machine }),
    missing,
    from: from.path,
    why: reason,
    satisfiedBy: satisfied.by,
    ...(version !== undefined && { version }),
    ...(needed !== undefined && { needed }),
    ...(source !== undefined && { source }),
    ...(missing && tried.length > 0 && { tried }),
  };
}

function sourceText(satisfied: Satisfaction): string | undefined {
  if (satisfied.by === 'redistributable') return satisfied.row.redistributable;
  return satisfied.by === 'framework' ? satisfied.framework : undefined;
}

/** `x64`, `AnyCPU`, `x64 and arm64`. */
export function machineText(deployment: Deployment, file: DeployedFile): string | undefined {
  const facts = deployment.facts(file);
  if (facts.format === 'other') return undefined;
  if (facts.format !== 'pe') return facts.machines.join(' and ');
  return facts.platform.anyCpu ? 'AnyCPU' : (facts.hybrid ?? facts.machine);
}

export function versionOf(deployment: Deployment, file: DeployedFile): string | undefined {
  const image = deployment.image(file);
  const managed = image?.managed?.identity?.version;
  return managed ? formatVersion(managed) : image?.resources.version?.join('.');
}

/** `.NET 10, x64, Windows 10 and 11, started by native code`. */
export const processText = ({ process: { runtime, architecture, os, started } }: Diagnosis): string =>
  [RUNTIME_PROFILES[runtime].name, architecture, SYSTEM_NAMES[os], ...(started === 'native' ? ['started by native code'] : [])].join(', ');

const VERDICT_TEXTS: Readonly<Record<Verdict, string>> = {
  loads: 'loads',
  'will-not-load': 'will not load',
  'depends-on-target': 'depends on the target machine',
};

/** The verdict with its first cause: `will not load: ijwhost.dll is missing; …`. */
export function verdictText({ verdict, findings: [first] }: Pick<Diagnosis, 'verdict' | 'findings'>): string {
  return first === undefined || verdict === 'loads' ? VERDICT_TEXTS[verdict] : `${VERDICT_TEXTS[verdict]}: ${first.message}`;
}
