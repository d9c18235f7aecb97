import { UsageError } from '@ijw/binary';
import { Chalk, type ChalkInstance } from 'chalk';
import { CommanderError } from 'commander';
import { boundedOutput } from './bounded-output.ts';
import type { CommandContext, CommandDefinition, LogLevel, OptionValues } from './command.ts';
import { COMMANDS } from './command-list.ts';
import { type BaseContext, runEachFile, runWatched } from './each-file.ts';
import { ClosedPipeError, type Io, type OutputFile } from './io.ts';
import { mistypedForm, withHelpAfterCommand } from './mistyped.ts';
import { fileOperands } from './operands.ts';
import { optionsOf } from './options.ts';
import { errorLine } from './output/error-line.ts';
import { foldedLine, LineWriter } from './output/fold.ts';
import { writeJson } from './output/json.ts';
import { createProgram, withDefaultCommand } from './program.ts';
import { nearestWords } from './suggestions.ts';

/** Runs one command line and returns its exit code: 0 fine, 1 a bad file or a finding, 2 wrong usage. Never throws. */
export async function run(words: readonly string[], unbounded: Io): Promise<number> {
  const io = boundedOutput(unbounded);
  const argv = withHelpAfterCommand(words);
  let exitCode = 0;
  try {
    const mistake = mistypedForm(argv, io);
    if (mistake !== undefined) throw new UsageError(mistake);
    const withCommand = withDefaultCommand(argv, io);
    const program = createProgram(withCommand, io, async (definition, operands, options) => {
      exitCode = await runCommand(definition, operands, options, io);
    });
    await program.parseAsync(withCommand, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof ClosedPipeError) return 0;
    if (error instanceof CommanderError) return endOfProgram(error, argv, io);
    const line = errorLine(undefined, error) ?? `ijw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
    io.writeError(line);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** commander has printed the error; this adds a suggestion. */
function endOfProgram({ exitCode, message }: CommanderError, argv: readonly string[], io: Io): number {
  if (exitCode === 0) return 0;
  const [, what, typed = ''] = /^error: unknown (option|command) '([^']+)'/.exec(message) ?? [];
  if (what === undefined) return 2;
  const definition = COMMANDS.find(({ name }) => name === argv[0]);
  const names = what === 'command' ? COMMANDS.map(({ name }) => name) : longOptions(definition);
  const [meant] = nearestWords(typed, names);
  if (meant !== undefined) io.writeError(`(Did you mean ${meant}?)\n`);
  return 2;
}

const longOptions = (definition: CommandDefinition | undefined): readonly string[] => [
  '--help',
  '--version',
  ...(definition ? optionsOf(definition) : []).flatMap(({ flags }) => flags.match(/--[a-z-]+/) ?? []),
];

async function runCommand(definition: CommandDefinition, operands: readonly string[], options: OptionValues, io: Io): Promise<number> {
  let output: OutputFile | undefined;
  try {
    output = outputFile(definition, options, io);
    const plain = output ? output.write.bind(output) : io.write.bind(io);
    const width = output ? undefined : terminalWidth(definition, options, io);
    const lines = width === undefined ? undefined : new LineWriter(plain, (line) => foldedLine(line, width));
    const context: BaseContext = {
      io,
      commands: COMMANDS,
      write: lines ? lines.write.bind(lines) : plain,
      width,
      document: (value) => writeJson(plain, value),
      file: '',
      operands,
      options,
      style: colours(options, io, output !== undefined),
      log: logger(options),
    };
    const { run: command } = await definition.load();
    const exitCode = await (definition.files === 'each' ? runEachFile(definition, context, command) : runWatched(context, command));
    lines?.end();
    output?.commit();
    return exitCode;
  } catch (error) {
    output?.discard();
    const line = errorLine(subjectOfErrors(definition, operands, io), error);
    if (line === undefined) throw error;
    if (options.logLevel === 'debug' && error instanceof Error) io.writeError(`${error.stack}\n`);
    io.writeError(line);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** The file that an error is about, where it is one. */
function subjectOfErrors(definition: CommandDefinition, operands: readonly string[], io: Io): string | undefined {
  return definition.files === 'none' ? operands[0] : fileOperands(definition, operands, io).files[0];
}

/** On a terminal text is folded; a document, and a format of its own, are not. */
function terminalWidth({ files, unfolded = [] }: CommandDefinition, options: OptionValues, { isTerminal, width }: Io): number | undefined {
  const isText = files !== 'none' && !['json', ...unfolded].some((name) => Boolean(options[name])) && (options.format ?? 'text') === 'text';
  return isTerminal && isText ? width : undefined;
}

/** `-` is standard output. A command with an `--output` of its own writes what that names itself. */
function outputFile(definition: CommandDefinition, { output }: OptionValues, io: Io): OutputFile | undefined {
  const isOwn = definition.options.some(({ flags }) => flags.includes('--output'));
  return isOwn || typeof output !== 'string' || output === '-' ? undefined : io.createFile(output);
}

function logger({ logLevel: wanted }: OptionValues): CommandContext['log'] {
  if (typeof wanted !== 'string' || wanted === 'silent') return async () => {};
  return async (level: LogLevel, message: string, details: object = {}) => {
    const { pino } = await import('pino');
    pino({ level: wanted, base: null }, pino.destination({ dest: 2, sync: true }))[level](details, message);
  };
}

/** no-color.org: any text that is not empty. */
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

const colours = (options: OptionValues, io: Io, toFile: boolean): ChalkInstance =>
  new Chalk({ level: wanted(options, io, toFile) ? 2 : 0 });
