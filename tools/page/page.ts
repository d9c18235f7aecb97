// The script of the page: runs the command line that the page's address asks for on an image of the server, and posts what was printed.

import { run } from '../../cli/src/run.ts';
import { memoryIo } from '../../cli/test/memory-io.ts';
import { prepareDigest } from './node-in-page.ts';

export interface PageResult {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
  /** What came of `new Function`, which the page's policy forbids. */
  readonly codeFromString: string;
}

function codeFromString(): string {
  try {
    return new Function('return "ran"')();
  } catch (error) {
    return (error as Error).name;
  }
}

async function runOnImage(): Promise<PageResult> {
  const query = new URL(location.href).searchParams;
  const name = query.get('image')!;
  const bytes = new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
  await prepareDigest(bytes);
  const io = memoryIo({ [name]: bytes });
  const exitCode = await run(query.getAll('arg'), io);
  return { exitCode, output: io.output.text, errors: io.errors.text, codeFromString: codeFromString() };
}

const result = await runOnImage().catch((error: Error) => ({
  exitCode: -1,
  output: '',
  errors: error.stack ?? error.message,
  codeFromString: '',
}));
await fetch('/result', { method: 'POST', body: JSON.stringify(result) });
