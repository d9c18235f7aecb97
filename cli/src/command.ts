import type { ChalkInstance } from 'chalk';
import type { Io } from './io.ts';

export interface OptionDefinition {
  /** commander's notation: `--host <name>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly default?: string | boolean;
  /** The option may be given several times; its value is the list. */
  readonly repeatable?: boolean;
}

/** What a user can type. The code behind it is loaded only when it is typed. */
export interface CommandDefinition {
  readonly name: string;
  /** Operands in commander's notation: `<file>`, `[member]`, `<files...>`. */
  readonly operands: readonly { readonly notation: string; readonly description: string }[];
  /** Which operand is the file that errors name. Default 0. */
  readonly fileOperand?: number;
  readonly summary: string;
  readonly options: readonly OptionDefinition[];
  readonly example: string;
  load(): Promise<{ readonly run: CommandRun }>;
}

export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface CommandContext {
  readonly io: Io;
  /** Every command of `ijw`, this one too. */
  readonly commands: readonly CommandDefinition[];
  /** Where the command's own output goes: standard output, or the file of `--output`. */
  write(chunk: string | Uint8Array): void;
  readonly operands: readonly string[];
  readonly options: OptionValues;
  readonly style: ChalkInstance;
  /** Logs to standard error at `--log-level`; the logger is loaded only for a level that was asked for. */
  log(level: LogLevel, message: string, details?: object): Promise<void>;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Returns the exit code: 0 fine, 1 the file is bad or something was found. */
export type CommandRun = (context: CommandContext) => Promise<number>;
