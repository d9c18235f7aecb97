import { UsageError } from '@ijw/binary';
import type { CommandContext, CommandDefinition } from '../command.ts';
import { COMMANDS } from '../command-list.ts';

const SHARED_FLAGS = ['--json', '--output', '--color', '--no-color', '--layout', '--log-level', '--help'];

const flagsOf = (command: CommandDefinition): readonly string[] => [
  ...command.options.flatMap((option) => option.flags.match(/--[a-z-]+/) ?? []),
  ...SHARED_FLAGS,
];

function bash(): string {
  const cases = COMMANDS.map((command) => `    ${command.name}) words="${flagsOf(command).join(' ')}" ;;\n`).join('');
  return `_ijw() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${COMMANDS.map((command) => command.name).join(' ')}" -- "$current") $(compgen -f -- "$current"))
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

function zsh(): string {
  const names = COMMANDS.map((command) => `    '${command.name}:${zshQuote(command.summary)}'\n`).join('');
  const cases = COMMANDS.map((command) => `    ${command.name}) compadd -- ${flagsOf(command).join(' ')} ;;\n`).join('');
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

function fish(): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
  const lines = COMMANDS.flatMap((command) => [
    `complete -c ijw -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    ...flagsOf(command).map((flag) => `complete -c ijw -n '__fish_seen_subcommand_from ${command.name}' -l ${flag.slice(2)}`),
  ]);
  return `${lines.join('\n')}\n`;
}

const SHELLS: Readonly<Record<string, () => string>> = { bash, zsh, fish };

export async function run(context: CommandContext): Promise<number> {
  const shell = context.operands[0]!;
  const script = SHELLS[shell];
  if (!script) throw new UsageError(`There is no completion for "${shell}"; there is one for ${Object.keys(SHELLS).join(', ')}`);
  context.write(script());
  return 0;
}
