import type { RuntimeHost } from '../target-host.ts';

/** The runtimes that are told apart, as target framework monikers name them, oldest first. */
export const runtimeIds = [
  'net20',
  'net40',
  'netcoreapp3.1',
  'net5.0',
  'net6.0',
  'net7.0',
  'net8.0',
  'net9.0',
  'net10.0',
  'net11.0',
] as const;

export type RuntimeId = (typeof runtimeIds)[number];

export const isRuntimeId = (text: string): text is RuntimeId => (runtimeIds as readonly string[]).includes(text);

/** The runtime whose loads were observed in detail: all its refusals are known. */
export const OBSERVED_RUNTIME = 'net10.0' satisfies RuntimeId;

/** The facts about a runtime; the codes of its refusals are in `refusalCodes`. */
export interface RuntimeProfile {
  readonly id: RuntimeId;
  /** As users know it. */
  readonly name: string;
  readonly host: RuntimeHost;
  /** The name of the runtime in the steps of a load. */
  readonly engine: string;
  /**
   * Refusals that `refusalCodes` does not list: `asObserved` where they are those of the observed runtime, `unknown` where nothing says what they are.
   */
  readonly otherRefusals: 'asObserved' | 'unknown';
  /** The source of the facts. */
  readonly source: string;
}

const framework = (id: RuntimeId, name: string, engine: string): RuntimeProfile => ({
  id,
  name,
  host: 'framework',
  engine,
  otherRefusals: 'unknown',
  source: 'no machine with the .NET Framework was asked; public reports name the codes of single cases',
});

const core = (id: RuntimeId, name: string, otherRefusals: RuntimeProfile['otherRefusals'], source: string): RuntimeProfile => ({
  id,
  name,
  host: 'core',
  engine: 'CoreCLR',
  otherRefusals,
  source,
});

const NOT_ASKED = 'this version was not asked; public reports and the sources name the codes of single cases';
const NEIGHBOURS = 'not asked; .NET 6 and .NET 8 agree wherever both were asked';

/** The profile of every runtime. */
export const RUNTIME_PROFILES: Readonly<Record<RuntimeId, RuntimeProfile>> = {
  net20: framework('net20', '.NET Framework 2.0 to 3.5', 'CLR 2'),
  net40: framework('net40', '.NET Framework 4', 'CLR 4'),
  'netcoreapp3.1': core('netcoreapp3.1', '.NET Core 3.1', 'unknown', NOT_ASKED),
  'net5.0': core('net5.0', '.NET 5', 'unknown', NOT_ASKED),
  'net6.0': core('net6.0', '.NET 6', 'asObserved', 'CoreCLR 6.0.13 under Wine: 46 images as .NET 10'),
  'net7.0': core('net7.0', '.NET 7', 'asObserved', NEIGHBOURS),
  'net8.0': core('net8.0', '.NET 8', 'asObserved', 'CoreCLR 8.0.30 under Wine: 46 images as .NET 10'),
  'net9.0': core('net9.0', '.NET 9', 'asObserved', 'CoreCLR 9.0.19 under Wine: 46 images as .NET 10'),
  'net10.0': core('net10.0', '.NET 10', 'asObserved', 'CoreCLR 10.0.12 under Wine: 133 images'),
  'net11.0': core('net11.0', '.NET 11', 'asObserved', 'CoreCLR 11.0.0 under Wine: 147 of 148 images as .NET 10'),
};
