// Help, completions and documentation have every command and option.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/command-list.ts';
import { optionsOf } from '../src/options.ts';
import { createProgram } from '../src/program.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const output = async (...words: readonly string[]) => {
  const io = memoryIo({});
  await run(words, io);
  return io.output.text;
};

const program = createProgram([], memoryIo({}), async () => {});
const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const sections = readme.split(/^## /m);
/** The part of the README about a command, and the one about what all commands have. */
const section = (name: string): string => sections.find((text) => text.startsWith(`\`${name}\``)) ?? '';
const common = sections.find((text) => text.startsWith('Every command')) ?? '';

describe.each(program.commands.map((command) => [command.name(), command] as const))('%s', (name, command) => {
  it('is described in README with each of its options', () => {
    expect(section(name)).not.toBe('');
    const missing = command.options.flatMap(({ long }) =>
      long === undefined || `${section(name)}${common}`.includes(`\`${long}`) ? [] : [long],
    );
    expect(missing).toEqual([]);
  });

  it('has help with an example and what options default to', async () => {
    const help = await output(name, '--help');
    expect(help).toMatch(new RegExp(`Example:\n {2}.*ijw ${name}`));
    for (const { long = '' } of command.options) expect(help).toContain(long);
    for (const { defaultsTo } of optionsOf(COMMANDS.find((one) => one.name === name) ?? { ...COMMANDS[0]!, options: [] }))
      if (defaultsTo !== undefined) expect(help).toContain(`(default: ${defaultsTo})`);
  });

  it('has completions with values in each shell', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const script = await output('completion', shell);
      for (const { long = '', argChoices = [] } of command.options) {
        expect(script).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
        for (const choice of argChoices) expect(script).toContain(choice);
      }
    }
  });
});

describe('completion', () => {
  const complete = async (...words: readonly string[]) => {
    const script = `${await output('completion', 'bash')}\nCOMP_WORDS=(ijw ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _ijw; echo "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim();
  };

  it('of bash offers commands, options, values and first words', async () => {
    expect(await complete('bou')).toBe('boundary');
    expect(await complete('load', '--ho')).toBe('--host');
    expect(await complete('load', '--host', '')).toBe('framework core');
    expect(await complete('lint', 'x.dll', '--fail-on', 'w')).toBe('warning');
    expect(await complete('interop', 'in')).toBe('inventory');
  });
});
