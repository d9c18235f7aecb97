import { printable, UsageError } from '@ijw/binary';
import { Command, Option } from 'commander';
import type { CommandDefinition, OptionValues } from './command.ts';
import { COMMANDS } from './command-list.ts';
import type { Io } from './io.ts';
import { commanderOption, optionsOf } from './options.ts';
import { commandCalled } from './suggestions.ts';
import { VERSION } from './version.ts';

/** Runs a command with its parsed words. */
export type Invoke = (definition: CommandDefinition, operands: readonly string[], options: OptionValues) => Promise<void>;

/** Help is folded on a terminal; in a pipe each option is a line. */
const UNFOLDED = 10_000;

const helpWidth = ({ isTerminal, width }: Io): number => (isTerminal ? width : UNFOLDED);

/** A program for some words. Making a command of commander takes longer than reading a header, so that a command which is named is the only one. */
export function createProgram(argv: readonly string[], io: Io, invoke: Invoke): Command {
  const named = COMMANDS.filter(({ name }) => name === argv[0]);
  const program = new Command('ijw')
    .description('Opens any PE file, reads its CIL metadata and IL, and loads mixed-mode images as the CLR does.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    // Suggestions for commands, options, tables and members have one form.
    .showSuggestionAfterError(false)
    .configureHelp({ optionDescription })
    .configureOutput({
      writeOut: (text) => io.write(text),
      writeErr: (text) => io.writeError(text),
      // An error repeats what was typed, on one line.
      outputError: (text, write) => write(`${printable(text.trimEnd())}\n`),
      getOutHelpWidth: () => helpWidth(io),
      getErrHelpWidth: () => helpWidth(io),
    })
    .showHelpAfterError('(ijw --help says more)');
  for (const definition of named.length > 0 ? named : COMMANDS) addCommand(program, definition, invoke);
  return program;
}

/** `architecture of the process: x86, x64, arm64 (default: that of the image)`. */
function optionDescription({ description, argChoices = [], defaultValue, negate }: Option): string {
  const choices = argChoices.length === 0 ? '' : `: ${argChoices.join(', ')}`;
  const ownDefault = / \(default: [^)]*\)$/.exec(description)?.[0] ?? '';
  const value = typeof defaultValue === 'string' && !negate ? ` (default: ${defaultValue})` : ownDefault;
  return description.slice(0, description.length - ownDefault.length) + choices + value;
}

function addCommand(program: Command, definition: CommandDefinition, invoke: Invoke): void {
  const command = program.command(definition.name).description(definition.summary);
  command.showHelpAfterError(`Example: ${definition.example}\n(ijw ${definition.name} --help says more)`);
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
    checkColor(command, definition);
    await invoke(definition, operands, command.opts<OptionValues>());
  });
}

/** commander allows nothing after a list of files: the subject is part of the list, and of the help. */
function addSubject(command: Command, { operands, subject }: CommandDefinition): void {
  if (subject === undefined) return;
  command.usage(['[options]', ...operands.map(({ notation }) => notation), subject.notation].join(' '));
  command.addHelpText('after', `\n${subject.notation} is ${subject.description}.`);
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

/** A document, and text in a format of its own, have no colours. @throws UsageError */
function checkColor(command: Command, { plain = [] }: CommandDefinition): void {
  const options = command.opts<OptionValues>();
  if (options.color !== true) return;
  const format = ['json', ...plain].find((name) => options[name] === true);
  if (format !== undefined) throw new UsageError(`--color cannot be used with --${format}, whose output has no colours`);
  if (typeof options.format === 'string' && options.format !== 'text')
    throw new UsageError(`--color cannot be used with --format ${options.format}, whose output has no colours`);
}

/** `ijw FILE` alone is `ijw info FILE`: the first word is not a command, and names a file or looks like the path of one. @throws UsageError for what other tools call a command */
export function withDefaultCommand(argv: readonly string[], io: Io): readonly string[] {
  const first = argv.find((word) => word === '-' || !word.startsWith('-'));
  if (first === undefined || first === 'help' || COMMANDS.some((command) => command.name === first)) return argv;
  const meant = io.isFile(first) ? undefined : commandCalled(first);
  if (meant !== undefined) throw new UsageError(`Unknown command "${first}"; did you mean ${meant}?`);
  const isPath = first === '-' || /[./\\]/.test(first) || io.isFile(first);
  return isPath ? ['info', ...argv] : argv;
}
