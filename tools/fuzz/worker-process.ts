import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readCurrentInput } from './current-input.ts';
import type { Finding } from './findings.ts';
import type { WorkerReport, WorkerTask } from './worker.ts';

/** An input that takes so many seconds of the processor hangs. */
const HANG = 8;
const WATCH = 500;
const HEAP_MIB = 640;
/** Clock ticks a second in `/proc`, as all Linux kernels have them for programs. */
const TICKS = 100;

/** Seconds of the processor that a process took; those of the clock where the system does not say. */
function secondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return performance.now() / 1000;
  }
}

/** Ends the process when it reads one input for too long. */
function watch(pid: number, current: string, hung: () => void): NodeJS.Timeout {
  let last = -1;
  let since = 0;
  return setInterval(() => {
    const { count } = readCurrentInput(current);
    if (count !== last) {
      last = count;
      since = secondsOf(pid);
    } else if (secondsOf(pid) - since > HANG) {
      hung();
      process.kill(pid, 'SIGKILL');
    }
  }, WATCH);
}

/** Fuzzes in a process of its own, which has the stack of the command line; its report, or how many inputs it read where it broke down. */
export function runWorker(script: string, task: WorkerTask, found: (finding: Finding) => void): Promise<Partial<WorkerReport>> {
  writeFileSync(task.current, '');
  const child = fork(script, [], {
    execArgv: [`--max-old-space-size=${HEAP_MIB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve) => {
    let report: WorkerReport | undefined;
    let hung = false;
    const broken = (kind: Finding['kind'], message: string): void =>
      found({ reader: task.reader, kind, message, input: readCurrentInput(task.current).input });
    child.send(task);
    const watcher = watch(child.pid ?? 0, task.current, () => {
      hung = true;
      broken('hang', `no end after ${HANG} s of the processor`);
    });
    child.on('message', (message: Finding | WorkerReport) => {
      if ('kind' in message) found(message);
      else report = message;
    });
    child.on('exit', (code, signal) => {
      clearInterval(watcher);
      // V8 aborts where the heap is full.
      if (report === undefined && !hung) broken('memory', `the process ended with ${signal ?? code}`);
      resolve(report ?? { executions: readCurrentInput(task.current).count });
    });
  });
}
