import { memoryFiles } from '@ijw/assembly';
import {
  Deployment,
  type DeploymentInput,
  type DeploymentReport,
  diagnose,
  type Finding,
  type Verdict,
  verdictText,
} from '@ijw/deployment';

export type Files = Readonly<Record<string, Uint8Array | string>>;

export type DeploymentSettings = Omit<DeploymentInput, 'source' | 'search' | 'application'>;

const encoder = new TextEncoder();

/** Files in memory as a source. */
export const source = (files: Files, name = 'folder') =>
  memoryFiles(
    name,
    new Map(Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? encoder.encode(content) : content])),
  );

export const examined = async (files: Files, settings: DeploymentSettings = {}): Promise<DeploymentReport> =>
  diagnose(await Deployment.open({ source: source(files), ...settings }));

/** What the first line says of a deployment, and its findings. */
export interface Result {
  readonly verdict: Verdict;
  readonly line: string;
  readonly findings: readonly Finding[];
}

export async function doctor(files: Files, settings: DeploymentSettings = {}): Promise<Result> {
  const { diagnoses, verdict } = await examined(files, settings);
  const [worst] = diagnoses;
  return { verdict, line: worst ? verdictText(worst) : '', findings: diagnoses.flatMap(({ findings }) => findings) };
}
