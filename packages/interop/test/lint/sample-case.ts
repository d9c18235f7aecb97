import type { LintOptions } from '@ijw/interop/lint';
import type { SampleModule } from './sample-module.ts';

/** Two modules that differ in little: the rule speaks of the first one only. */
export interface SampleCase {
  readonly rule: string;
  readonly finds: (module: SampleModule) => void;
  readonly passes: (module: SampleModule) => void;
  readonly options?: LintOptions;
  /** Of the second module, where the options make the difference. */
  readonly passOptions?: LintOptions;
  /** Of the CLI header of both. */
  readonly corFlags?: number;
}
