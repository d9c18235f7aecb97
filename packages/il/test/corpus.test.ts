// Bodies and instructions of the corpus against recorded facts (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Diagnostics } from '@ijw/binary';
import { type ILStatistics, methodCodes, methodsWithCode, readControlFlow, readILStatistics } from '@ijw/il';
import { NativeDisassembler } from '@ijw/il/native';
import { countMethodCodeKinds, Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';

const corpus = join(import.meta.dirname, '../../../../shared/corpus');

interface Facts {
  readonly file: string;
  readonly il?: Readonly<Record<string, number>> | null;
  readonly methods?: Readonly<Record<string, number>> | null;
  readonly rvaPInvoke?: { readonly count: number; readonly decode: Readonly<Record<string, number>> } | null;
}

const manifest: readonly Facts[] = existsSync(corpus) ? JSON.parse(readFileSync(join(corpus, 'manifest.json'), 'utf8')).files : [];

/** What the manifest counts, under the names that it uses, and only what occurs. */
function ilFacts({ opCodes, exceptionClauses, calliConventions, rvaPInvokeCalls }: ILStatistics): Record<string, number> {
  const facts: Record<string, number> = {};
  const add = (name: string, count: number | undefined): void => {
    if (count) facts[name] = count;
  };
  const counted = ['ldftn', 'ldvirtftn', 'cpblk', 'initblk', 'volatile.', 'unaligned.', 'endfilter', 'localloc', 'arglist'] as const;
  for (const name of counted) add(name, opCodes[name]);
  for (const kind of ['catch', 'filter', 'finally', 'fault'] as const) add(`EH ${kind}`, exceptionClauses[kind]);
  const conventions = {
    default: 'default',
    'unmanaged cdecl': 'C',
    'unmanaged stdcall': 'stdcall',
    'unmanaged thiscall': 'thiscall',
    unmanaged: 'unmanaged',
  };
  for (const [convention, name] of Object.entries(conventions)) add(`calli ${name}`, calliConventions[convention]);
  add('call RVA-PInvoke', rvaPInvokeCalls);
  return facts;
}

function methodFacts(metadata: Metadata): Record<string, number> {
  const { il, rva, named, runtime, internalCall, abstract, none } = countMethodCodeKinds(metadata);
  const counts = {
    IL: il,
    'RVA-PInvoke': rva,
    'named PInvoke': named,
    Runtime: runtime,
    InternalCall: internalCall,
    abstract,
    none,
  };
  return { total: metadata.tables.MethodDef.rowCount, ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)) };
}

describe.skipIf(manifest.length === 0)('facts of the corpus (skipped without ../shared)', () => {
  it.each(manifest.map((facts) => [facts.file, facts] as const))('%s', (file, facts) => {
    const image = PEImage.parse(readFileSync(join(corpus, file)));
    const metadata = Metadata.of(image);
    expect(metadata === undefined).toBe(!facts.methods);
    if (metadata === undefined) return;
    expect(methodFacts(metadata)).toEqual(facts.methods);
    expect(ilFacts(readILStatistics(image, metadata))).toEqual(facts.il);
  });

  it.each(manifest.filter(({ il }) => il).map(({ file }) => file))('%s: every body is well-formed', (file) => {
    const image = PEImage.parse(readFileSync(join(corpus, file)));
    const diagnostics = new Diagnostics();
    for (const code of methodCodes(image, Metadata.of(image)!)) {
      expect(code.kind).not.toBe('bad');
      if (code.kind !== 'il') continue;
      expect(code.body.diagnostics).toEqual([]);
      readControlFlow(code.body, diagnostics);
    }
    expect(diagnostics.entries.filter(({ code }) => code !== 'FALLS_OFF_END')).toEqual([]);
  });

  it.each(manifest.flatMap(({ file, rvaPInvoke }) => (rvaPInvoke?.count ? [[file, rvaPInvoke] as const] : [])))(
    '%s: every native method is decoded to its end',
    async (file, { count, decode }) => {
      const image = PEImage.parse(readFileSync(join(corpus, file)));
      const metadata = Metadata.of(image)!;
      const disassembler = await NativeDisassembler.load(image, { metadata });
      const bodies = [...methodsWithCode(metadata)].filter(({ isIL }) => !isIL).map(({ rva }) => disassembler.body(rva));
      expect(bodies).toHaveLength(count);
      const jumps = bodies.filter(({ instructions }) => {
        const last = instructions.at(-1)!;
        return instructions.length <= 3 && last.flow === 'indirectBranch' && instructions.some(({ memory }) => memory !== undefined);
      });
      expect(jumps).toHaveLength(decode['iat via 1 hop']!);
      for (const { instructions } of bodies) expect(instructions.filter(({ flow }) => flow === 'invalid')).toEqual([]);
    },
  );
});
