// The boundary of the oracle's images (skipped without ../shared).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { Boundary, boundaryJson } from '@ijw/vtfixup';
import { describe, expect, test } from 'vitest';
import { openBoundary, oracleDirectory } from './corpus-files.ts';

const names = existsSync(oracleDirectory)
  ? readdirSync(oracleDirectory)
      .filter((file) => file.endsWith('.dll'))
      .map((file) => file.slice(0, -4))
  : [];

interface MappedSlot {
  readonly rva: number;
  readonly width: number;
  readonly what: string;
  readonly type: number;
}

/** The slots as the generator of the images wrote them down. */
function slotsOf(name: string): readonly MappedSlot[] {
  const lines = readFileSync(`${oracleDirectory}${name}.map`, 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('slot='))
    .map((line) => line.trim().slice(5).split(','))
    .map(([rva, width, what, type]) => ({
      rva: Number.parseInt(rva!, 16),
      width: Number(width),
      what: what!,
      type: Number.parseInt(type!, 16),
    }));
}

const open = (name: string): Boundary => openBoundary(`${oracleDirectory}${name}.dll`);

/** Images whose records do not lead to the slots that the generator wrote, or whose slots name what the map calls by another name. */
const unlike = new Set([
  ...['badrva', 'badrvane', 'fA_dirout', 'fA_size0', 'fA_count0', 'fA_bss', 'hA_md0', 'hA_mdout'],
  ...['t00', 't04', 't07', 'ila_0', 'ila_1', 'ila_32', 'ila_ijw', 'ila_none'],
]);

/** How the map writes what is no plain name. */
const spelled: Readonly<Record<string, string>> = {
  cctor: '<Module>::.cctor',
  'C.ctor': 'C::.ctor',
  mspec: '<Module>::MGen',
  memberref: 'System.Math::Max',
  '@MAdd': '<Module>::MAdd',
};

const facts = names.length === 0 ? '' : readFileSync(`${oracleDirectory}../facts.more.jsonl`, 'utf8');

describe.skipIf(names.length === 0)('images of ../shared/oracles/clr', () => {
  test('there are 133', () => {
    expect(names).toHaveLength(133);
  });

  test.each(names.filter((name) => !unlike.has(name)))('%s: the slots that were written', (name) => {
    const entries = open(name).nativeToManaged;
    for (const { rva, width, what, type } of slotsOf(name)) {
      const entry = entries.find(({ slot }) => slot.rva === rva && slot.fixup.type === type);
      expect(entry?.slot.width).toBe(width);
      if (what.startsWith('#')) expect(entry!.token).toBe(Number.parseInt(what.slice(1), 16));
      else expect(entry!.method).toMatch(new RegExp(`(^|::)${(spelled[what] ?? what).replace('.', '\\.')}$`));
    }
  });

  test.each(names)('%s: nothing throws that is not told', (name) => {
    const image = PEImage.parse(readFileSync(`${oracleDirectory}${name}.dll`));
    const boundary = Boundary.of(
      image,
      image.diagnostics.attempt(() => Metadata.of(image)),
    );
    const { fixups } = JSON.parse(JSON.stringify(boundaryJson(boundary)));
    expect(fixups).toHaveLength(boundary.fixups.length);
  });

  test.each([
    ['ila_0', 8],
    ['ila_32', 4],
    ['ila_ijw', 8],
  ])('%s: ilasm’s exports lead to methods', (name, width) => {
    const { nativeToManaged } = open(name);
    const told = nativeToManaged.map(({ method, exports, stubs, slot }) => [
      method,
      exports.map((entry) => entry.name),
      stubs.length,
      slot.width,
    ]);
    expect(told).toEqual([
      ['K::Add', ['NAdd'], 1, width],
      ['K::Sub', ['NSub'], 1, width],
    ]);
  });

  test('a slot is called and jumped through', () => {
    const boundary = open('mix');
    expect(boundary.nativeToManaged).toHaveLength(10);
    expect(boundary.nativeToManaged.every(({ calls, stubs }) => calls.length === 1 && stubs.length === 1)).toBe(true);
    expect(boundary.exports.filter(({ stub }) => stub?.target.kind === 'slot').map(({ name }) => name)).toHaveLength(10);
  });

  test('records of types 0, 4 and 7 are read by ildasm’s rule', () => {
    const widths = ['t00', 't04', 't07'].map((name) => open(name).slots.map(({ width }) => width));
    expect(widths).toEqual([
      [8, 8],
      [8, 8],
      [4, 4],
    ]);
  });

  test.each([
    ['odd_NatNoPinv', '<Module>::NatNoPinv', 'badEntryPoint', 'load'],
    ['odd_PNoRvaNoMap', '<Module>::PNoRvaNoMap', 'badEntryPoint', 'load'],
    ['odd_PAddImpl81', '<Module>::PAddImpl81', 'managedNative', 'load'],
    ['odd_PAddImpl84', '<Module>::PAddImpl84', 'unmanagedIl', 'load'],
    ['odd_PAddImpl80', '<Module>::PAddImpl80', 'managedCodeAtRva', 'call'],
    ['odd_PAddImpl00', '<Module>::PAddImpl00', 'managedCodeAtRva', 'call'],
    ['rA_instance', '<Module>::X', 'globalNotStatic', 'load'],
    ['rA_generic', '<Module>::X', 'generic', 'load'],
    ['rA_export', '<Module>::X', 'badEntryPoint', 'load'],
    ['rA_inclass', 'K::X', 'nativeOutsideModule', 'typeLoad'],
  ])('%s: %s breaks the rule %s at the %s', (name, method, rule, when) => {
    const refused = open(name).managedToNative.filter(({ refusal }) => refusal);
    expect(refused.map((call) => [call.method, call.refusal!.name, call.refusal!.when])).toEqual([[method, rule, when]]);
  });

  test.each([
    ['rA_conflict', 'conflict'],
    ['rA_twobase', 'multiple'],
    ['rA_convs', 'unsupported'],
  ])('%s: the convention is refused (%s)', (name, problem) => {
    expect(open(name).managedToNative.flatMap(({ convention }) => convention.problem ?? [])).toEqual([problem]);
    const messages = [...boundaryJson(open(name)).managedToNative].flatMap(({ conventionMessage }) => conventionMessage ?? []);
    expect(facts).toContain(messages[0]);
  });

  test('images that load have nothing to refuse', () => {
    const loads = ['t02', 't06', 't0A', 'mix', 'rA_data', 'rA_vararg', 'rA_params', 'rA_lcid', 'rA_object', 'rA_lasterr', 'fA_marshal'];
    for (const name of loads)
      expect(open(name).managedToNative.filter(({ refusal, convention }) => refusal || convention.problem)).toEqual([]);
  });

  test('rA_lasterr: a jump to GetLastError is replaced by the runtime', () => {
    const replaced = open('rA_lasterr').managedToNative.filter(({ replacedGetLastError }) => replacedGetLastError);
    expect(replaced.length).toBeGreaterThan(0);
    expect(replaced.every(({ stub, kind }) => kind === 'named' || stub?.hops.length === 1)).toBe(true);
  });

  test('rA_lcid, rA_object, odd_PAddImpl05: why a call is marshalled', () => {
    const reasons = (name: string) =>
      new Set(open(name).managedToNative.flatMap(({ marshallingCauses }) => marshallingCauses.map(({ reason }) => reason)));
    expect(reasons('rA_lcid')).toContain('lcidConversion');
    expect(reasons('rA_object')).toContain('notPrimitive');
    expect(reasons('odd_PAddImpl05')).toContain('preserveSigClear');
  });
});
