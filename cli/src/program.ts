import { UsageError } from '@ijw/binary';
import { Command, Option } from 'commander';
import type { CommandDefinition, OptionDefinition, OptionValues, SharedOption } from './command.ts';
import { COMMANDS } from './command-list.ts';
import type { Io } from './io.ts';
import { VERSION } from './version.ts';

const SHARED_OPTIONS: readonly (OptionDefinition & { readonly group: SharedOption })[] = [
  { group: 'json', flags: '--json', description: 'print one JSON document; with several files, one a line' },
  { group: 'output', flags: '-o, --output <file>', description: 'write to a file instead of standard output' },
  { group: 'color', flags: '--color', description: 'colour the output even when it is piped' },
  { group: 'color', flags: '--no-color', description: 'never colour the output' },
  {
    group: 'layout',
    flags: '--layout <layout>',
    description: 'how the bytes lie: as in a file, or as mapped in memory',
    choices: ['file', 'mapped'],
    default: 'file',
  },
  {
    group: 'logLevel',
    flags: '--log-level <level>',
    description: 'log to standard error: each file, and for debug each step and the stack of an error',
    choices: ['error', 'warn', 'info', 'debug', 'trace', 'silent'],
    default: 'silent',
  },
];

/** The options of a command, its own before those that other commands have too. */
export function optionsOf({ options, shared }: CommandDefinition): readonly OptionDefinition[] {
  const own = new Set(options.map(({ flags }) => new Option(flags).long));
  const others = SHARED_OPTIONS.filter(({ group, flags }) => !own.has(new Option(flags).long) && (shared?.includes(group) ?? true));
  return [...options, ...others];
}

/** Runs a command whose words were taken apart. */
export type Invoke = (definition: CommandDefinition, operands: readonly string[], options: OptionValues) => Promise<void>;

export function createProgram(io: Io, invoke: Invoke): Command {
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
  addSubject(command, definition);
  for (const shape of optionsOf(definition)) command.addOption(commanderOption(shape));
  command.action(async (...received: unknown[]) => {
    const operands = received
      .slice(0, definition.operands.length)
      .flat()
      .filter((operand): operand is string => typeof operand === 'string');
    checkNeeds(command, definition);
    await invoke(definition, operands, command.opts<OptionValues>());
  });
}

/** commander allows nothing after a list of files: the subject is part of the list, and of the help. */
function addSubject(command: Command, { operands, subject }: CommandDefinition): void {
  if (subject === undefined) return;
  command.usage(['[options]', ...operands.map(({ notation }) => notation), subject.notation].join(' '));
  command.addHelpText('after', `\n${subject.notation} is ${subject.description}.`);
}

function commanderOption({ flags, description, choices, default: value, repeatable, conflicts }: OptionDefinition): Option {
  const option = new Option(flags, description);
  if (choices) option.choices([...choices]);
  if (value !== undefined) option.default(value);
  if (conflicts) option.conflicts([...conflicts]);
  if (repeatable) option.argParser((text: string, previous: string[] | undefined) => [...(previous ?? []), text]);
  return option;
}

/** @throws UsageError for an option without the one that it belongs to */
function checkNeeds(command: Command, { options }: CommandDefinition): void {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  for (const { flags, needs } of options) {
    const option = new Option(flags);
    if (needs === undefined || !isGiven(option.attributeName()) || needs.some(isGiven)) continue;
    throw new UsageError(`${option.long} needs ${needs.map((name) => `--${name}`).join(' or ')}`);
  }
}

/** `ijw FILE` alone is `ijw info FILE`: the first word is not a command, and names a file or looks like the path of one. */
export function withDefaultCommand(argv: readonly string[], io: Io): readonly string[] {
  const first = argv.find((word) => word === '-' || !word.startsWith('-'));
  if (first === undefined || first === 'help' || COMMANDS.some((command) => command.name === first)) return argv;
  const isPath = first === '-' || /[./\\]/.test(first) || io.isFile(first);
  return isPath ? ['info', ...argv] : argv;
}
