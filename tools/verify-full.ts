/**
 * `npm run verify:full`: every check there is, without a limit of time. A row a check: what it proves, and the command. A check whose peer is missing says that it is skipped.
 */
import { spawnSync } from 'node:child_process';

interface Check {
  readonly name: string;
  readonly command: string;
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

const CHECKS: readonly Check[] = [
  { name: 'the suite', command: 'npm test' },
  { name: 'linter', command: 'npm run --silent lint' },
  { name: 'types', command: 'npm run --silent typecheck' },
  {
    name: 'stubs, plans and verdicts agree over the installed frameworks',
    command: 'npx vitest run packages/interop/test/crossing-agreement.test.ts',
    environment: { IJW_FRAMEWORKS: '1' },
  },
  { name: 'a library from the generated C header is called by .NET', command: 'npm run --silent tool tools/call-generated.ts' },
  { name: 'tables equal the reference reader', command: 'npm run --silent tool tools/compare-tables.ts' },
  { name: 'attributes equal the reference reader', command: 'npm run --silent tool tools/compare-attributes.ts' },
  { name: 'IL listings equal the reference reader', command: 'npm run --silent tool tools/compare-il.ts' },
  { name: 'uses, names and strings equal those that Mono.Cecil finds', command: 'npm run --silent tool tools/compare-uses.ts' },
  { name: 'nanoFramework assemblies equal the libraries that they were made from', command: 'npm run --silent tool tools/compare-nano.ts' },
  { name: 'breaking changes equal those of ApiCompat', command: 'npm run --silent tool tools/compare-api.ts' },
  { name: 'damaged files as the reference reader reads them', command: 'npm run --silent tool tools/compare-damaged.ts' },
  { name: 'deployments run for real as the doctor says', command: 'npm run --silent tool tools/doctor-runs.ts' },
  { name: 'IL text through ilasm and back', command: 'npm run --silent tool tools/round-trip.ts' },
];

const results = CHECKS.map(({ name, command, environment }) => {
  console.log(`\n== ${name}: ${command}`);
  const start = performance.now();
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit', env: { ...process.env, ...environment } });
  return { name, passed: status === 0, seconds: Math.round((performance.now() - start) / 1000) };
});

console.log();
for (const { name, passed, seconds } of results) console.log(`${passed ? 'passed' : 'FAILED'}  ${String(seconds).padStart(5)} s  ${name}`);
const failed = results.filter(({ passed }) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
