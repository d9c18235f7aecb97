// Words in the form of other command lines, and their meaning here.
import { Option } from 'commander';
import type { CommandDefinition } from './command.ts';
import { COMMANDS } from './command-list.ts';
import type { Io } from './io.ts';
import { optionsOf } from './options.ts';

const commandNamed = (word: string | undefined): CommandDefinition | undefined => COMMANDS.find(({ name }) => name === word);

const isHelp = (word: string): boolean => word === '-h' || word === '--help';

/** `ijw --help dis` is `ijw dis --help`. */
export function withHelpAfterCommand(argv: readonly string[]): readonly string[] {
  const [first = '', second, ...rest] = argv;
  return isHelp(first) && commandNamed(second) ? [second ?? '', first, ...rest] : argv;
}

/** The mistake in the form of the words, and the right form; `undefined` without a mistake. */
export function mistypedForm(argv: readonly string[], io: Io): string | undefined {
  if (argv[0] === 'help') return undefined;
  const definition = commandNamed(argv[0]);
  return definition === undefined
    ? misplacedCommand(argv, io)
    : (foreignOption(definition, argv, io) ?? memberBeforeFile(definition, argv, io));
}

/** `ijw app.dll dis`, `ijw --json info app.dll`, `ijw app.dll --dis`. */
function misplacedCommand(argv: readonly string[], io: Io): string | undefined {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.findIndex((word) => commandNamed(word.replace(/^--?/, '')) !== undefined && !io.isFile(word));
  if (at < 1) return undefined;
  const command = words[at]?.replace(/^--?/, '') ?? '';
  return `The command is the first word: ijw ${[command, ...argv.toSpliced(at, 1)].join(' ')}`;
}

/** `/all`, `/out:x`, `-out x`, `--json=true`: options have two dashes, and their values follow as a word or after `=`. */
function foreignOption(definition: CommandDefinition, argv: readonly string[], io: Io): string | undefined {
  const options = optionsOf(definition).map(({ flags }) => new Option(flags));
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const takesValue = (word: string | undefined): boolean =>
    options.some(({ long, short, required }) => required && (word === long || word === short));
  for (const [index, word] of words.entries()) {
    if (index === 0 || takesValue(words[index - 1])) continue;
    const problem = withValue(options, word) ?? withOtherMark(options, word, io);
    if (problem !== undefined) return `${problem} (ijw ${definition.name} --help says more)`;
  }
  return undefined;
}

function withValue(options: readonly Option[], word: string): string | undefined {
  const [, flag, value] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
  const option = flag === undefined ? undefined : options.find(({ long }) => long === flag);
  return option === undefined || option.required ? undefined : `${flag} takes no value, not even "${value}"`;
}

function withOtherMark(options: readonly Option[], word: string, io: Io): string | undefined {
  const [, mark, name = ''] = /^([-/])([a-z][\w-]+)(?:[:=].*)?$/i.exec(word) ?? [];
  if (mark === undefined || (mark === '/' && io.isFile(word))) return undefined;
  const meant = options.filter(({ long }) => long?.startsWith(`--${name.toLowerCase()}`)).map(({ long }) => long);
  if (meant.length > 0) return `Options begin with two dashes: ${meant.join(' or ')}, not ${word}`;
  return mark === '/' ? `"${word}" is not a file, and options begin with two dashes` : undefined;
}

/** `ijw dis Main app.dll`: the file is first. */
function memberBeforeFile({ name, subject }: CommandDefinition, argv: readonly string[], io: Io): string | undefined {
  if (subject === undefined || argv.length !== 3 || argv.some((word) => word.startsWith('-'))) return undefined;
  const [, member = '', file = ''] = argv;
  return !io.isFile(member) && !/[./\\]\w+$/.test(member) && io.isFile(file)
    ? `The file comes before the ${subject.notation.slice(1, -1)}: ijw ${name} ${file} ${member}`
    : undefined;
}
