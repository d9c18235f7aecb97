import { FileAccessError, type Io } from '../../cli/src/io.ts';
import { run } from '../../cli/src/run.ts';
import { commandOf } from './commands.ts';
import { FindingError } from './reader.ts';

/** What must not reach a terminal: controls but tab and newline, and what turns the direction of text. */
const CONTROL = /(?![\t\n])[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
/** Values of JavaScript that were written as they are. No name of an input has these words. */
const DEFECT = /.{0,80}(?:\[object \w+\]|\bundefined\b|\bNaN\b)/;
const STACK = /\n\s+at /;
/** Of an output this much is looked at. */
const LOOKED_AT = 0x100000;

interface CheckedIo extends Io {
  readonly text: { output: string; errors: string };
}

const decoder = new TextDecoder();
const textOf = (chunk: string | Uint8Array): string => (typeof chunk === 'string' ? chunk : decoder.decode(chunk));

/** Files in memory. A request for any other file is a finding, unless the command line names it or it is below the folder of the input. */
function checkedIo(files: Readonly<Record<string, Uint8Array>>, argv: readonly string[]): CheckedIo {
  const text = { output: '', errors: '' };
  const keep = (name: 'output' | 'errors', chunk: string | Uint8Array): void => {
    if (text[name].length < LOOKED_AT) text[name] += textOf(chunk);
  };
  const check = (path: string): void => {
    const allowed = path in files || argv.includes(path) || (path.startsWith('./') && !path.split(/[\\/]/).includes('..'));
    if (!allowed) throw new FindingError(`The command opens ${path}`);
  };
  return {
    text,
    write: (chunk) => keep('output', chunk),
    writeError: (chunk) => keep('errors', chunk),
    readFile(path) {
      check(path);
      const bytes = files[path];
      if (bytes === undefined) throw new FileAccessError(path, 'file not found');
      return bytes;
    },
    createFile(path) {
      check(path);
      return { write() {}, commit() {}, discard() {} };
    },
    isFile(path) {
      check(path);
      return path in files;
    },
    filesIn: () => [],
    filesBelow: () => [],
    environment: {},
    isTerminal: false,
    width: 120,
  };
}

const isMachineText = (argv: readonly string[]): boolean => argv.includes('--json') || argv.includes('--dot') || argv.includes('sarif');

function checkText(line: string, argv: readonly string[], { output, errors }: CheckedIo['text']): void {
  const [control] = CONTROL.exec(errors) ?? (isMachineText(argv) ? null : CONTROL.exec(output)) ?? [];
  if (control !== undefined) throw new FindingError(`${line}: control character ${control.charCodeAt(0).toString(16)}`);
  const [defect] = DEFECT.exec(output) ?? DEFECT.exec(errors) ?? [];
  if (defect !== undefined) throw new FindingError(`${line}: ${defect}`);
  if (STACK.test(errors)) throw new FindingError(`${line}: ${errors.slice(0, 2000)}`);
}

/** Commands that are told what of the file to look at: where the file does not have it, that is wrong usage, with exit code 2. */
const NAMES_A_PART: ReadonlySet<string | undefined> = new Set(['xref', 'hex']);

/** In place of the name of the file now and then: names of files are a stranger's too. */
const HOSTILE_NAME = './a\u001b[31m\u202e\u009b\u2028.dll';

/** Runs a command over an image in memory, and looks at what it printed and which files it asked for. Returns the size of the image. */
export async function checkCommand(line: string, image: Uint8Array): Promise<number> {
  const name = (image.length & 3) === 0 && image.at(-1) === 0 ? './a.dll' : HOSTILE_NAME;
  const argv = commandOf(line).map((word) => (word === './a.dll' ? name : word));
  const io = checkedIo({ [name]: image }, argv);
  const exitCode = await run(argv, io);
  checkText(line, argv, io.text);
  if (exitCode > (NAMES_A_PART.has(argv[0]) ? 2 : 1))
    throw new FindingError(`${line}: exit code ${exitCode}: ${io.text.errors.slice(0, 200)}`);
  if (exitCode === 0 && argv.includes('--json') && io.text.output.length < LOOKED_AT) JSON.parse(io.text.output);
  return image.length;
}
