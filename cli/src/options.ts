import { Option } from 'commander';
import type { CommandContext, CommandDefinition, OptionDefinition, SharedOption } from './command.ts';

const SHARED_OPTIONS: readonly (OptionDefinition & { readonly group: SharedOption })[] = [
  { group: 'json', flags: '--json', description: 'print one JSON document; with several files, one a line' },
  { group: 'output', flags: '-o, --output <file>', description: 'write to a file; - is standard output', defaultsTo: 'standard output' },
  { group: 'color', flags: '--color', description: 'colour the output even when it is piped', defaultsTo: 'on a terminal' },
  { group: 'color', flags: '--no-color', description: 'never colour the output' },
  {
    group: 'layout',
    flags: '--layout <layout>',
    description: 'how the bytes of an image lie',
    choices: ['file', 'mapped'],
    default: 'file',
  },
  {
    group: 'logLevel',
    flags: '--log-level <level>',
    description: 'log to standard error each file, and for debug each step and the stack of an error',
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

/** The option for commander; its description contains the default. */
export function commanderOption(definition: OptionDefinition): Option {
  const { flags, description, choices, default: value, defaultsTo, repeatable, conflicts } = definition;
  const option = new Option(flags, defaultsTo === undefined ? description : `${description} (default: ${defaultsTo})`);
  if (choices) option.choices([...choices]);
  if (value !== undefined) option.default(value);
  if (conflicts) option.conflicts([...conflicts]);
  if (repeatable) option.argParser((text: string, previous: string[] | undefined) => [...(previous ?? []), text]);
  return option;
}

const decoder = new TextDecoder();

/** What the file that an option names says; `undefined` without the option. @throws FileAccessError, and what `parse` throws */
export function textOption<T>({ io, options }: CommandContext, name: string, parse: (text: string) => T): T | undefined {
  const path = options[name];
  return typeof path === 'string' ? parse(decoder.decode(io.readFile(path))) : undefined;
}
