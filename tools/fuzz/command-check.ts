import { FileAccessError, type Io } from '../../cli/src/io.ts';
import { run } from '../../cli/src/run.ts';
import { FindingError } from './reader.ts';

/** What must not reach a terminal: controls but tab and newline, and what turns the direction of text. */
const CONTROL = /(?![\t\n])[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
const DEFECT = /.{0,80}(?:\[object \w+\]|#undefined)/;
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

function checkText(argv: readonly string[], { output, errors }: CheckedIo['text']): void {
  const [control] = CONTROL.exec(errors) ?? (isMachineText(argv) ? null : CONTROL.exec(output)) ?? [];
  if (control !== undefined) throw new FindingError(`${argv.join(' ')}: control character ${control.charCodeAt(0).toString(16)}`);
  const [defect] = DEFECT.exec(output) ?? DEFECT.exec(errors) ?? [];
  if (defect !== undefined) throw new FindingError(`${argv.join(' ')}: ${defect}`);
  if (STACK.test(errors)) throw new FindingError(`${argv.join(' ')}: ${errors.slice(0, 2000)}`);
}

/** Runs a command over an image in memory, and looks at what it printed and which files it asked for. */
export async function checkCommand(argv: readonly string[], image: Uint8Array): Promise<void> {
  const io = checkedIo({ './a.dll': image }, argv);
  const exitCode = await run(argv, io);
  checkText(argv, io.text);
  if (![0, 1].includes(exitCode)) throw new FindingError(`${argv.join(' ')}: exit code ${exitCode}: ${io.text.errors.slice(0, 200)}`);
  if (exitCode === 0 && argv.includes('--json') && io.text.output.length < LOOKED_AT) JSON.parse(io.text.output);
}
