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
import { buildMixedImage, type DeployedImageOptions, deployedImage, type MixedImageOptions } from '@ijw/fixtures';

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

/** A C++/CLI image for .NET, with what it imports beside its host. */
export const mixed = (options: Partial<MixedImageOptions> = {}): Uint8Array =>
  buildMixedImage({ architecture: 'x64', host: 'ijwhost.dll', records: [{ type: 6, slots: ['Add'] }], ...options }).bytes;

/** A C++/CLI image for .NET Framework 4. */
export const mixedFramework = (options: Partial<MixedImageOptions> = {}): Uint8Array => mixed({ host: 'mscoree.dll', ...options });

export const ijwhost = (machine: DeployedImageOptions['machine'] = 'x64'): Uint8Array =>
  deployedImage({ machine, exports: ['_CorDllMain', 'GetTokenForVTableEntry'], imports: { 'KERNEL32.dll': ['Sleep'] } });

export const library = (options: DeployedImageOptions = {}): Uint8Array => deployedImage({ exports: ['f', 'g'], ...options });

const RUNTIME = { name: 'System.Runtime', version: [8], token: 'b03f5f7f11d50a3a' } as const;

/** An assembly for .NET 8 with what it refers to beside System.Runtime. */
export function managed(
  name: string,
  assembly: Partial<NonNullable<DeployedImageOptions['assembly']>> = {},
  image: DeployedImageOptions = {},
): Uint8Array {
  const { references = [], target = '.NETCoreApp,Version=v8.0', ...rest } = assembly;
  return deployedImage({ machine: 'anycpu', ...image, assembly: { name, target, references: [RUNTIME, ...references], ...rest } });
}

/** A program for .NET 8, as `dotnet NAME.dll` starts it. */
export const program = (name: string, assembly: Parameters<typeof managed>[1] = {}, image: DeployedImageOptions = {}): Uint8Array =>
  managed(name, assembly, { program: true, ...image });

export const runtimeConfig = (frameworks: Readonly<Record<string, string>> = { 'Microsoft.NETCore.App': '8.0.0' }): string =>
  JSON.stringify({
    runtimeOptions: { tfm: 'net8.0', frameworks: Object.entries(frameworks).map(([name, version]) => ({ name, version })) },
  });

export const selfContained = (version = '8.0.0'): string =>
  JSON.stringify({ runtimeOptions: { includedFrameworks: [{ name: 'Microsoft.NETCore.App', version }] } });
