import { UsageError } from '@ijw/binary';
import type { CommandContext, CommandDefinition } from '../command.ts';

const SHARED_FLAGS = ['--json', '--output', '--color', '--no-color', '--layout', '--log-level', '--help'];

const flagsOf = (command: CommandDefinition): readonly string[] => [
  ...command.options.flatMap((option) => option.flags.match(/--[a-z-]+/) ?? []),
  ...SHARED_FLAGS,
];

type Commands = readonly CommandDefinition[];

function bash(commands: Commands): string {
  const cases = commands.map((command) => `    ${command.name}) words="${flagsOf(command).join(' ')}" ;;\n`).join('');
  return `_ijw() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map((command) => command.name).join(' ')}" -- "$current") $(compgen -f -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases}  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _ijw ijw
`;
}

const zshQuote = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(':', '\\:');

function zsh(commands: Commands): string {
  const names = commands.map((command) => `    '${command.name}:${zshQuote(command.summary)}'\n`).join('');
  const cases = commands.map((command) => `    ${command.name}) compadd -- ${flagsOf(command).join(' ')} ;;\n`).join('');
  return `#compdef ijw
_ijw() {
  local -a commands
  commands=(
${names}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _files
    return
  fi
  case "$PREFIX" in
    -*) ;;
    *) _files; return ;;
  esac
  case "\${words[2]}" in
${cases}  esac
}
compdef _ijw ijw
`;
}

function fish(commands: Commands): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap((command) => [
    `complete -c ijw -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    ...flagsOf(command).map((flag) => `complete -c ijw -n '__fish_seen_subcommand_from ${command.name}' -l ${flag.slice(2)}`),
  ]);
  return `${lines.join('\n')}\n`;
}

const SHELLS: Readonly<Record<string, (commands: Commands) => string>> = { bash, zsh, fish };

export async function run(context: CommandContext): Promise<number> {
  const shell = context.operands[0]!;
  const script = SHELLS[shell];
  if (!script) throw new UsageError(`There is no completion for "${shell}"; there is one for ${Object.keys(SHELLS).join(', ')}`);
  context.write(script(context.commands));
  return 0;
}
