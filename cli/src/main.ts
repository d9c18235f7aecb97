import { processIo } from './process-io.ts';
import { run } from './run.ts';

void run(process.argv.slice(2), processIo()).then((exitCode) => {
  process.exitCode = exitCode;
});
