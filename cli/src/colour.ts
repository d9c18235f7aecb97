import { Chalk, type ChalkInstance } from 'chalk';
import type { OptionValues } from './command.ts';
import type { Io } from './io.ts';

/** no-color.org: any text counts. */
const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** As Node reads FORCE_COLOR: an empty text counts, `0` and `false` do not. */
const isForced = (value: string | undefined): boolean => value !== undefined && value !== '0' && value !== 'false';

/** bixense.com/clicolors: anything but `0`. */
const isForcedByCli = (value: string | undefined): boolean => isSet(value) && value !== '0';

/** `--color` and `--no-color` first, then FORCE_COLOR and CLICOLOR_FORCE, then NO_COLOR and a dumb terminal, then whether a terminal reads. A file gets colours by `--color` alone. */
function wanted({ color }: OptionValues, { environment, isTerminal }: Io, toFile: boolean): boolean {
  if (color !== undefined) return color === true;
  if (toFile) return false;
  if (isForced(environment.FORCE_COLOR) || isForcedByCli(environment.CLICOLOR_FORCE)) return true;
  const refused = isSet(environment.NO_COLOR) || environment.FORCE_COLOR !== undefined || environment.TERM === 'dumb';
  return isTerminal && !refused;
}

export const colours = (options: OptionValues, io: Io, toFile: boolean): ChalkInstance =>
  new Chalk({ level: wanted(options, io, toFile) ? 2 : 0 });
