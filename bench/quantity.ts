/**
 * What many items cost: files of each kind at two sizes, each command as a process: CPU seconds (user + system) and peak memory.
 * `npm run tool bench/quantity.ts [KIND-REGEX [COMMAND-REGEX [REPEATS]]]`. Needs `npm run build`, GNU time, and the generator in `../shared/hostile`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { IJW, SHARED } from '../tools/peers.ts';

const GENERATOR = join(SHARED, 'hostile/quantity.mjs');
const TIME = '/usr/bin/time';
const SMALL = 50_000;
const LARGE = 200_000;
/** A process that takes longer (seconds of the clock) is ended. */
const LONGEST = 180;
/** What one process may take at 200,000 items: seconds of CPU and MiB. */
const LIMIT = { cpu: 10, peak: 700 };

const KINDS = [
  ...['methods', 'types', 'fields', 'us', 'pinvokes', 'internalcalls'],
  ...['attributes', 'vtfix', 'unwind', 'namespaces', 'bigpe', 'sparse'],
];
const COMMANDS = [
  ...['info', 'info --json', 'headers', 'headers --json', 'headers --unwind', 'headers --unwind --json'],
  ...['tables', 'tables --json', 'tables --raw', 'tables --resolved', 'tables FILE MethodDef', 'tables FILE #Strings', 'tables FILE #US'],
  ...['dis', 'dis --json', 'dis --strict', 'dis --listing', 'dis --forward', 'dis --class-list', 'dis --headers', 'dis --ca-verbal'],
  ...['dis --tokens --bytes', 'dis --native', 'dis FILE NoSuchMember'],
  ...['boundary', 'boundary --json', 'boundary --dot'],
  ...['inventory', 'verdicts', 'registry'].flatMap((what) => [`interop ${what}`, `interop ${what} --json`]),
  ...['lint', 'lint --json', 'lint --format sarif', 'lint --write-baseline OUT/baseline'],
  ...[
    'load',
    'load --json',
    'load --trace',
    'load --host framework',
    'load --host core --native-first --json',
    'tour',
    'tour --json',
    'tour --trace',
  ],
  ...['c', 'csharp', 'leanclr', 'tinyclr', 'nanoframework'].flatMap((system) => [
    `stubs --for ${system} -o OUT/stubs`,
    `stubs --for ${system} --json`,
  ]),
];

interface Cost {
  readonly cpu: number;
  readonly peak: number;
  readonly status: number | null;
}

function costOf(command: string, file: string, folder: string): Cost {
  const words = command.split(' ').map((word) => word.replace('OUT', folder));
  const [name = '', ...rest] = words;
  const args = rest.includes('FILE') ? [name, ...rest.map((word) => (word === 'FILE' ? file : word))] : [...words, file];
  const measured = ['-q', '-f', 'cost %U %S %M', 'timeout', '-s', 'KILL', String(LONGEST), process.execPath, IJW, ...args];
  const { status, stderr } = spawnSync(TIME, measured, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 2 ** 28 });
  const [, user = '', system = '', peak = ''] = /cost (\S+) (\S+) (\S+)\s*$/.exec(stderr) ?? [];
  return { cpu: Number(user) + Number(system), peak: Number(peak) / 1024, status };
}

/** The run that took the least CPU. */
function bestOf(repeats: number, run: () => Cost): Cost {
  let best = run();
  for (let round = 1; round < repeats; round++) {
    const next = run();
    if (next.cpu < best.cpu) best = next;
  }
  return best;
}

/** The time of a process for a file without items: growth is of what is above it. */
function report(kind: string, command: string, floor: Cost, small: Cost, large: Cost): boolean {
  const growth = (large.cpu - floor.cpu) / Math.max(0.05, small.cpu - floor.cpu);
  const over = [
    ...(large.cpu > LIMIT.cpu ? ['CPU'] : []),
    ...(large.peak > LIMIT.peak ? ['memory'] : []),
    ...(large.cpu > 2 && growth > (1.5 * LARGE) / SMALL ? ['growth'] : []),
    ...(large.status === 0 || large.status === 1 ? [] : [`exit ${large.status}`]),
  ];
  const number = (value: number, places: number, width: number): string => value.toFixed(places).padStart(width);
  console.log(
    `${kind.padEnd(14)}${command.padEnd(38)}${number(small.cpu, 2, 7)}${number(large.cpu, 2, 8)}${number(growth, 1, 7)} ×${number(small.peak, 0, 6)}${number(large.peak, 0, 6)}  ${over.join(', ')}`,
  );
  return over.length === 0;
}

function main(kinds: RegExp, commands: RegExp, repeats: number): void {
  const missing = [GENERATOR, TIME].find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`${missing} does not exist`);
  const folder = mkdtempSync(join(tmpdir(), 'quantity-'));
  const made = (kind: string, count: number): string => {
    const file = join(folder, `${kind}-${count}.dll`);
    spawnSync(process.execPath, [GENERATOR, kind, String(count), file], { stdio: 'inherit' });
    return file;
  };
  try {
    console.log(`${cpus()[0]?.model}, ${cpus().length} processors, Node ${process.version}; CPU in seconds, memory in MiB`);
    console.log(
      `${'kind'.padEnd(14)}${'command'.padEnd(38)}${`${SMALL / 1000}k`.padStart(7)}${`${LARGE / 1000}k`.padStart(8)}   growth   50k  200k`,
    );
    let within = 0;
    let jobs = 0;
    const floors = new Map<string, Cost>();
    for (const kind of KINDS.filter((each) => kinds.test(each))) {
      const empty = made('fields', 10);
      const [small, large] = [made(kind, SMALL), made(kind, LARGE)];
      for (const command of COMMANDS.filter((each) => commands.test(each))) {
        const floor = floors.get(command) ?? bestOf(repeats, () => costOf(command, empty, folder));
        floors.set(command, floor);
        const [first, second] = [small, large].map((file) => bestOf(repeats, () => costOf(command, file, folder)));
        if (first !== undefined && second !== undefined && report(kind, command, floor, first, second)) within++;
        jobs++;
      }
    }
    console.log(`${within} of ${jobs} within ${LIMIT.cpu} s and ${LIMIT.peak} MiB, linear`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [kinds = '.', commands = '.', repeats = '1'] = process.argv.slice(2);
main(new RegExp(kinds), new RegExp(commands), Number(repeats));
