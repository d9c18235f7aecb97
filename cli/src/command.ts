import type { Diagnostics } from '@ijw/binary';
import type { ChalkInstance } from 'chalk';
import type { Io } from './io.ts';

export interface OptionDefinition {
  /** commander's notation: `--host <name>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly default?: string | boolean;
  /** What happens without the option, in words, where that is not one value. */
  readonly defaultsTo?: string;
  /** The option may be given several times; its value is the list. */
  readonly repeatable?: boolean;
  /** Options that cannot be given beside this one, as `OptionValues` names them. */
  readonly conflicts?: readonly string[];
  /** One of these options must be given too, as `OptionValues` names them. */
  readonly needs?: readonly string[];
}

export interface OperandDefinition {
  /** commander's notation: `<files...>`, `[member]`. */
  readonly notation: string;
  readonly description: string;
  /** The values that completions offer. */
  readonly choices?: readonly string[];
}

/** Options that several commands have. */
export type SharedOption = 'json' | 'output' | 'color' | 'layout' | 'logLevel';

/** What a user can type. The code behind it is loaded only when it is typed. */
export interface CommandDefinition {
  readonly name: string;
  readonly operands: readonly OperandDefinition[];
  /** `each`: the command runs once a file. `together`: the command takes the whole list. `none`: the operands are not files. */
  readonly files: 'each' | 'together' | 'none';
  /** What may follow the files: the last operand, where it does not name a file. */
  readonly subject?: OperandDefinition;
  /** The title above the text of each of several files. Default: the file as a title. `own`: the text names the file. */
  readonly heading?: 'comment' | 'own';
  /** Options by which the text is in a format of its own: it is never folded. */
  readonly unfolded?: readonly string[];
  /** Those of them by which the text has no colours either. */
  readonly plain?: readonly string[];
  readonly summary: string;
  /** Default: all of them. */
  readonly shared?: readonly SharedOption[];
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
  /** Writes a JSON document of the contract: indented for one file, on one line for each of several. */
  document(value: object): void;
  /** Sets the exit code to 1 if these diagnostics contain an error when the command ends. */
  watch(diagnostics: Diagnostics): void;
  /** The file of a command that runs once a file; empty for others. */
  readonly file: string;
  /** For a command that runs once a file: the operands before the files, the file, the subject. */
  readonly operands: readonly string[];
  readonly options: OptionValues;
  readonly style: ChalkInstance;
  /** Columns of the terminal that the text is for; `undefined` for a pipe, a file, and what is not folded. */
  readonly width?: number | undefined;
  /** Logs to standard error at `--log-level`; the logger is loaded only for a level that was asked for. */
  log(level: LogLevel, message: string, details?: object): Promise<void>;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Returns the exit code: 0 fine, 1 the file is bad or something was found. */
export type CommandRun = (context: CommandContext) => Promise<number>;
