import { UsageError } from '@ijw/binary';
import { Option } from 'commander';
import type { CommandContext, CommandDefinition } from '../command.ts';
import { optionsOf } from '../options.ts';

interface CompletedOption {
  readonly long: string;
  readonly description: string;
  /** What may follow; empty for a file or a text of the user's, `undefined` where nothing follows. */
  readonly values: readonly string[] | undefined;
}

interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What the first operand may be, where it is not a file. */
  readonly words: readonly string[];
}

function completed(definition: CommandDefinition): CompletedCommand {
  const options = optionsOf(definition).map(({ flags, description, choices = [] }): CompletedOption => {
    const option = new Option(flags);
    return { long: option.long ?? flags, description, values: option.required ? choices : undefined };
  });
  const help = { long: '--help', description: 'what the command does', values: undefined };
  return { name: definition.name, summary: definition.summary, options: [...options, help], words: definition.operands[0]?.choices ?? [] };
}

type Commands = readonly CompletedCommand[];

/** A row for each option with values. */
const valued = <T>(
  commands: Commands,
  row: (command: CompletedCommand, option: CompletedOption, values: readonly string[]) => T,
): readonly T[] =>
  commands.flatMap((command) =>
    command.options.flatMap((option) =>
      option.values === undefined || option.values.length === 0 ? [] : [row(command, option, option.values)],
    ),
  );

const longs = ({ options }: CompletedCommand): string => options.map(({ long }) => long).join(' ');

function bash(commands: Commands): string {
  const values = valued(
    commands,
    ({ name }, { long }, words) => `    ${name}:${long}) COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current")); return ;;\n`,
  );
  const cases = commands.map((command) => `    ${command.name}) words="${longs(command)}"; first="${command.words.join(' ')}" ;;\n`);
  return `_ijw() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words="" first=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$current") $(compgen -f -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}:$previous" in
${values.join('')}  esac
  case "\${COMP_WORDS[1]}" in
${cases.join('')}  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *)
      if [ "$COMP_CWORD" -eq 2 ] && [ -n "$first" ]; then COMPREPLY=($(compgen -W "$first" -- "$current")); return; fi
      COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _ijw ijw
`;
}

const single = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function zsh(commands: Commands): string {
  const names = commands.map(({ name, summary }) => `    ${single(`${name}:${summary.replaceAll(':', '\\:')}`)}\n`);
  const values = valued(commands, ({ name }, { long }, words) => `    ${name}:${long}) compadd -- ${words.join(' ')}; return ;;\n`);
  const cases = commands.map((command) => `    ${command.name}) compadd -- ${longs(command)} ;;\n`);
  const first = commands
    .filter(({ words }) => words.length > 0)
    .map(({ name, words }) => `    3:${name}) compadd -- ${words.join(' ')}; return ;;\n`);
  return `#compdef ijw
_ijw() {
  local -a commands
  commands=(
${names.join('')}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _files
    return
  fi
  case "\${words[2]}:\${words[CURRENT-1]}" in
${values.join('')}  esac
  case "$CURRENT:\${words[2]}" in
${first.join('')}  esac
  case "$PREFIX" in
    -*) ;;
    *) _files; return ;;
  esac
  case "\${words[2]}" in
${cases.join('')}  esac
}
compdef _ijw ijw
`;
}

function fish(commands: Commands): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap((command) => {
    const when = `-n '__fish_seen_subcommand_from ${command.name}'`;
    return [
      `complete -c ijw -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
      ...(command.words.length > 0 ? [`complete -c ijw ${when} -a ${quote(command.words.join(' '))}`] : []),
      ...command.options.map(({ long, description, values }) => {
        const follows = values === undefined ? '' : values.length === 0 ? ' -r' : ` -x -a ${quote(values.join(' '))}`;
        return `complete -c ijw ${when} -l ${long.slice(2)}${follows} -d ${quote(description)}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function powershell(commands: Commands): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const list = (words: readonly string[]): string => `@(${words.map(quote).join(', ')})`;
  const options = commands.map(
    (command) => `    ${quote(command.name)} = ${list([...command.words, ...command.options.map(({ long }) => long)])}\n`,
  );
  const values = valued(commands, ({ name }, { long }, words) => `    ${quote(`${name} ${long}`)} = ${list(words)}\n`);
  return `Register-ArgumentCompleter -Native -CommandName ijw -ScriptBlock {
  param($word, $line, $position)
  $commands = ${list(commands.map(({ name }) => name))}
  $options = @{
${options.join('')}  }
  $values = @{
${values.join('')}  }
  $typed = @($line.CommandElements | ForEach-Object { $_.ToString() })
  if ($word -ne '') { $typed = @($typed | Select-Object -SkipLast 1) }
  if ($typed.Count -lt 2) { $found = $commands }
  elseif ($values.ContainsKey("$($typed[1]) $($typed[-1])")) { $found = $values["$($typed[1]) $($typed[-1])"] }
  else { $found = $options[$typed[1]] }
  $found | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}

const SHELLS: Readonly<Record<string, (commands: Commands) => string>> = { bash, zsh, fish, powershell };

export async function run(context: CommandContext): Promise<number> {
  const [shell = ''] = context.operands;
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (!script) throw new UsageError(`Unknown shell "${shell}"; the shells are ${Object.keys(SHELLS).join(', ')}`);
  context.write(script(context.commands.map(completed)));
  return 0;
}
