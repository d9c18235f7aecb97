import { type Diagnostics, printable, UsageError } from '@ijw/binary';
import type { CommandContext, CommandDefinition, CommandRun } from './command.ts';
import { fileOperands } from './operands.ts';
import { errorLine } from './output/error-line.ts';
import { writeJsonLine } from './output/json.ts';

/** The context of a command, without `watch`. */
export type BaseContext = Omit<CommandContext, 'watch'>;

/** Runs a command for one file, or for all files together. The exit code is 1 where one of its diagnostics is an error. */
export async function runWatched(context: BaseContext, command: CommandRun): Promise<number> {
  const watched = new Set<Diagnostics>();
  const exitCode = await command({ ...context, watch: (diagnostics) => void watched.add(diagnostics) });
  const isDamaged = [...watched].some(({ entries }) => entries.some(({ severity }) => severity === 'error'));
  return Math.max(exitCode, isDamaged ? 1 : 0);
}

/** Runs a command once a file. An error of one of several files is a line on standard error, and the others follow; the exit code is the greatest. */
export async function runEachFile(definition: CommandDefinition, context: BaseContext, command: CommandRun): Promise<number> {
  const { before, files, subject } = fileOperands(definition, context.operands, context.io);
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('Standard input can be read once');
  let exitCode = 0;
  for (const [index, file] of files.entries()) {
    const own: BaseContext = { ...context, file, operands: [...before, file, ...(subject === undefined ? [] : [subject])] };
    const each = files.length === 1 ? own : oneOfSeveral(definition, own, file, index);
    exitCode = Math.max(exitCode, await (files.length === 1 ? runLogged(file, own, command) : runCaught(file, each, command)));
  }
  return exitCode;
}

function oneOfSeveral(definition: CommandDefinition, context: BaseContext, file: string, index: number): BaseContext {
  const { options, style, write } = context;
  let heading = options.json ? '' : `${index === 0 ? '' : '\n'}${headingOf(definition, style.bold(printable(file)))}`;
  return {
    ...context,
    write(chunk) {
      if (heading !== '') write(heading);
      heading = '';
      write(chunk);
    },
    document: (value) => writeJsonLine(write, value),
  };
}

function headingOf({ heading }: CommandDefinition, file: string): string {
  if (heading === 'own') return '';
  return heading === 'comment' ? `// ${file}\n` : `${file}\n`;
}

async function runLogged(file: string, context: BaseContext, command: CommandRun): Promise<number> {
  const start = Date.now();
  const exitCode = await runWatched(context, command);
  await context.log('info', 'done', { file, exitCode, milliseconds: Date.now() - start });
  return exitCode;
}

async function runCaught(file: string, context: BaseContext, command: CommandRun): Promise<number> {
  try {
    return await runLogged(file, context, command);
  } catch (error) {
    const line = errorLine(file, error);
    if (line === undefined) throw error;
    context.io.writeError(line);
    return error instanceof UsageError ? 2 : 1;
  }
}
