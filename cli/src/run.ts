import { UsageError } from '@ijw/binary';
import { Chalk, type ChalkInstance } from 'chalk';
import { Command, CommanderError, Option } from 'commander';
import { boundedOutput } from './bounded-output.ts';
import type { CommandContext, CommandDefinition, LogLevel, OptionValues } from './command.ts';
import { COMMANDS } from './command-list.ts';
import { ClosedPipeError, type Io, type OutputFile } from './io.ts';
import { errorLine } from './output/error-line.ts';
import { VERSION } from './version.ts';

const SHARED_OPTIONS = [
  new Option('--json', 'print one JSON document'),
  new Option('-o, --output <file>', 'write to a file instead of standard output'),
  new Option('--color', 'colour the output even when it is piped'),
  new Option('--no-color', 'never colour the output'),
  new Option('--layout <layout>', 'how the bytes lie: as in a file, or as mapped in memory').choices(['file', 'mapped']),
  new Option('--log-level <level>', 'log to standard error').choices(['error', 'warn', 'info', 'debug', 'trace', 'silent']),
];

/** Runs one command line and returns its exit code: 0 fine, 1 a bad file or a finding, 2 wrong usage. Never throws. */
export async function run(argv: readonly string[], unbounded: Io): Promise<number> {
  const io = boundedOutput(unbounded);
  let exitCode = 0;
  const program = createProgram(io, async (definition, operands, options) => {
    exitCode = await runCommand(definition, operands, options, io);
  });
  try {
    await program.parseAsync(withDefaultCommand(argv, io), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof ClosedPipeError) return 0;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.writeError(`ijw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
}

type Invoke = (definition: CommandDefinition, operands: readonly string[], options: OptionValues) => Promise<void>;

function createProgram(io: Io, invoke: Invoke): Command {
  const program = new Command('ijw')
    .description('Opens any PE file, reads its CIL metadata and IL, and loads mixed-mode images as the CLR does.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.write(text), writeErr: (text) => io.writeError(text) })
    .showHelpAfterError('(ijw --help says more)');
  for (const definition of COMMANDS) addCommand(program, definition, invoke);
  return program;
}

function addCommand(program: Command, definition: CommandDefinition, invoke: Invoke): void {
  const command = program.command(definition.name).description(definition.summary);
  command.addHelpText('after', `\nExample:\n  ${definition.example}`);
  for (const { notation, description } of definition.operands) command.argument(notation, description);
  for (const shape of definition.options) {
    const option = new Option(shape.flags, shape.description);
    if (shape.choices) option.choices([...shape.choices]);
    if (shape.default !== undefined) option.default(shape.default);
    if (shape.repeatable) option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
    command.addOption(option);
  }
  const own = new Set(command.options.map((option) => option.long));
  for (const option of SHARED_OPTIONS) if (!own.has(option.long)) command.addOption(option);
  command.action(async (...received: unknown[]) => {
    const operands = received
      .slice(0, definition.operands.length)
      .flat()
      .filter((operand): operand is string => typeof operand === 'string');
    await invoke(definition, operands, command.opts<OptionValues>());
  });
}

/** `ijw FILE` alone is `ijw info FILE`: the first word is no command, and names a file (or looks like the path of one). */
function withDefaultCommand(argv: readonly string[], io: Io): readonly string[] {
  const first = argv.find((word) => word === '-' || !word.startsWith('-'));
  if (first === undefined || first === 'help' || COMMANDS.some((command) => command.name === first)) return argv;
  const isPath = first === '-' || /[./\\]/.test(first) || io.isFile(first);
  return isPath ? ['info', ...argv] : argv;
}

async function runCommand(definition: CommandDefinition, operands: readonly string[], options: OptionValues, io: Io): Promise<number> {
  let output: OutputFile | undefined;
  try {
    const path = definition.options.some((option) => option.flags.includes('--output')) ? undefined : options.output;
    output = typeof path === 'string' ? io.createFile(path) : undefined;
    const write = output ? output.write.bind(output) : io.write.bind(io);
    const context: CommandContext = {
      io,
      commands: COMMANDS,
      write,
      operands,
      options,
      style: style(options, io, output !== undefined),
      log: logger(options),
    };
    const { run: command } = await definition.load();
    const exitCode = await command(context);
    output?.commit();
    return exitCode;
  } catch (error) {
    output?.discard();
    const line = errorLine(operands[definition.fileOperand ?? 0], error);
    if (line === undefined) throw error;
    if (options.logLevel === 'debug' && error instanceof Error) io.writeError(`${error.stack}\n`);
    io.writeError(line);
    return error instanceof UsageError ? 2 : 1;
  }
}

function style(options: OptionValues, io: Io, toFile: boolean): ChalkInstance {
  const asked = options.color;
  const wanted = asked === undefined ? io.isTerminal && !toFile && !io.environment.NO_COLOR : asked === true;
  return new Chalk({ level: wanted ? 2 : 0 });
}

function logger(options: OptionValues): CommandContext['log'] {
  const wanted = options.logLevel;
  if (typeof wanted !== 'string' || wanted === 'silent') return async () => {};
  return async (level: LogLevel, message: string, details: object = {}) => {
    const { pino } = await import('pino');
    pino({ level: wanted, base: null }, pino.destination({ dest: 2, sync: true }))[level](details, message);
  };
}
