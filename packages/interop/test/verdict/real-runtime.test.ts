// What .NET 10 did with each method of two assemblies, beside the checkout, against the verdicts on them (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Assembly } from '@ijw/assembly';
import { type RuntimeVerdict, RuntimeVerdicts } from '@ijw/interop';
import { type MethodDefToken, makeToken, TableId } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';

const CASES = join(import.meta.dirname, '../../../../../shared/cases/interop');
const names = ['unmanaged', 'unmanaged-disabled-marshalling'].filter((name) => existsSync(join(CASES, `${name}.real.tsv`)));

/** A call through a null pointer, which no rule of the runtime is about. */
const NOT_A_RULE = 'CRASH rc=-11';

const isRefused = (real: string): boolean => /Exception|InvalidProgram|CRASH/.test(real) && !real.startsWith(NOT_A_RULE);

/** How the run names what a verdict says. */
const exceptionOf = ({ outcome, exception }: RuntimeVerdict): string =>
  outcome === 'failFast' ? 'CRASH' : (exception ?? '').replace(/^.*\./, '').replace(/^InvalidProgramException$/, 'InvalidProgram');

describe.each(names)('%s.dll under .NET 10', (name) => {
  const assembly = Assembly.of(PEImage.parse(new Uint8Array(readFileSync(join(CASES, `${name}.dll`)))));
  const metadata = assembly.requireMetadata();
  const runtime = new RuntimeVerdicts(assembly);
  const { MethodDef } = metadata.tables;
  const methods = new Map<string, MethodDefToken>();
  for (let rid = 1; rid <= MethodDef.rowCount; rid++)
    methods.set(metadata.strings.get(MethodDef.get(rid, 'Name')), makeToken(TableId.MethodDef, rid));
  const rows = readFileSync(join(CASES, `${name}.real.tsv`), 'utf8')
    .trim()
    .split('\n');

  it.each(rows.map((row) => row.split('\t') as [string, string]))('%s: %s', (method, real) => {
    const asked = [method, `D_${method}`].flatMap((each) => methods.get(each) ?? []);
    const said = asked.flatMap((token) => runtime.of(token)).filter(({ outcome }) => outcome === 'throws' || outcome === 'failFast');
    if (!isRefused(real)) expect(said).toEqual([]);
    else expect(said.map(exceptionOf).some((word) => real.includes(word))).toBe(true);
  });
});
