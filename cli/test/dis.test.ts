// `ijw dis`: options, members, JSON, native code, and real mixed-mode images.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildMixedImage, programImage } from '@ijw/fixtures';
import { makeToken, TableId } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { CustomDebugInformationKind, writeCustomDebugInformation, writeDocumentName, writeSequencePoints } from '@ijw/metadata/pdb';
import { describe, expect, it } from 'vitest';
import { buildILImage } from '../../packages/il/test/il-image.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const edge = readFileSync(join(import.meta.dirname, '../../node_modules/edge-js/lib/native/win32/x64/24/edge_nativeclr.node'));
const small = buildILImage(({ builder, method }) => {
  builder.add('TypeDef', { Namespace: 'N', Name: 'C', Flags: 1 });
  method('M', (code) => code.emit('nop').emit('ret'));
});

/** Of one method, whose `nop` is lines 2 and 3 of a document that is in the PDB. */
function pdb(): Uint8Array {
  const builder = new MetadataBuilder();
  const encoder = new TextEncoder();
  const name = writeDocumentName('/src/P.cs', '/', { add: (text) => builder.blobs.add(encoder.encode(text)) });
  const document = builder.add('Document', { Name: name });
  const points = [
    { kind: 'visible', offset: 0, document: 1, startLine: 2, startColumn: 1, endLine: 3, endColumn: 7 },
    { kind: 'hidden', offset: 1, document: 1 },
  ] as const;
  builder.add('MethodDebugInformation', { Document: 1, SequencePoints: writeSequencePoints({ localSignature: 0, points }, 1) });
  builder.add('CustomDebugInformation', {
    Parent: document,
    Kind: CustomDebugInformationKind.embeddedSource,
    Value: writeCustomDebugInformation({
      kind: 'embeddedSource',
      deflated: undefined,
      content: encoder.encode('one;\r\n two;\nthree;\nfour;'),
    }),
  });
  const typeSystemRowCounts = Array.from({ length: 64 }, (_, table) => (table === TableId.MethodDef ? 1 : 0));
  return builder.build({ pdb: { id: '00'.repeat(20), entryPoint: makeToken(TableId.MethodDef, 0), typeSystemRowCounts } });
}

async function dis(args: readonly string[], files: Readonly<Record<string, Uint8Array>>) {
  const io = memoryIo(files);
  const exitCode = await run(['dis', ...args], io);
  return { exitCode, output: io.output.text, errors: io.errors.text };
}

describe('ijw dis of a mixed-mode image', () => {
  it('names every slot, every record and every export', async () => {
    const { output } = await dis(['edge.node'], { 'edge.node': edge });
    const entries = [...output.matchAll(/^ *\.vtentry (\d+) : (\d+)$/gm)].map(([, record, slot]) => `${record}:${slot}`);
    const fixups = [...output.matchAll(/^\.vtfixup \[(\d+)\] .*at (\w+)$/gm)].map(([, count, label]) => ({
      count: Number(count),
      label: label!,
    }));
    expect(entries).toHaveLength(56);
    expect(new Set(entries).size).toBe(56);
    expect(fixups).toHaveLength(56);
    for (const { label } of fixups) expect(output).toContain(`.data ${label} = bytearray (`);
    expect(output).toContain('The export 1 "node_register_module_v137" leads to RVA 0x6250');
  });

  it('gives the exports of methods to the methods', async () => {
    const { bytes } = buildMixedImage({
      architecture: 'x64',
      records: [
        { type: 0x05, slots: ['Add', 'Twice'] },
        { type: 0x05, slots: ['Twice'] },
      ],
    });
    const { output } = await dis(['mixed.dll'], { 'mixed.dll': bytes });
    const parts = output.split('.method ').slice(1);
    const named = (name: string) => parts.find((part) => part.includes(` ${name}(`))!.match(/\.(vtentry|export).*/g);
    expect(named('Add')).toEqual(['.vtentry 1 : 1', '.export [1] as Add_0']);
    expect(named('Twice')).toEqual(['.vtentry 1 : 2', '.vtentry 2 : 1', '.export [2] as Twice_1']);
  });

  it('says which native functions stand behind methods', async () => {
    const { output, exitCode } = await dis(['edge.node', '--native'], { 'edge.node': edge });
    expect(exitCode).toBe(0);
    expect(output).toMatch(/\/\/ RVA 0x[0-9a-f]+ jmp → node\.exe!v8::/);
  });

  it('lists in strict text what no assembler takes', async () => {
    const { errors } = await dis(['edge.node', '--strict'], { 'edge.node': edge });
    expect(errors).toContain('NOT_ASSEMBLED');
    expect(errors).toMatch(/\d+ more\n$/);
  });
});

describe('ijw dis --json', () => {
  const bodies = buildILImage(({ builder, body, system, data }) => {
    const localVarSigToken = builder.add('StandAloneSig', { Signature: Uint8Array.of(7, 1, 8) });
    const text = 0x70000000 | builder.userStrings.add('two words');
    builder.add('TypeDef', { Namespace: 'N', Name: 'C', Flags: 1, Extends: system('System.Object') });
    const RVA = body(
      (code) => {
        const [start, end, handler] = [code.label(), code.label(), code.label()];
        code.mark(start).emit('ldstr', text).emit('pop').emit('ldc.r8', -0).emit('pop').emit('leave.s', handler).mark(end);
        code.emit('pop').emit('leave.s', handler).mark(handler).emit('ldc.i8', -1n).emit('pop').emit('ret');
      },
      { localVarSigToken, initLocals: true },
    );
    const Signature = Uint8Array.of(0, 0, 1);
    builder.add('MethodDef', { Name: 'M', Flags: 0x16, Signature, RVA });
    builder.add('MethodDef', { Name: 'Abstract', Flags: 0x5c6, Signature });
    // `ldc.r4` of a signalling NaN, a call of nothing, a byte that starts no instruction.
    const code = [0x22, 1, 0, 0xa0, 0x7f, 0x26, 0x28, 9, 0, 0, 6, 0xff];
    builder.add('MethodDef', { Name: 'Odd', Flags: 0x16, Signature, RVA: data(Uint8Array.of((code.length << 2) | 2, ...code)) });
  });

  it('prints methods with their instructions', async () => {
    const { output, exitCode } = await dis(['a.dll', '--json'], { 'a.dll': bodies });
    const { methods, diagnostics } = JSON.parse(output);
    expect(methods[0]).toMatchObject({ token: 0x06000001, name: 'N.C::M', maxStack: 8, initLocals: true, locals: ['int'], handlers: [] });
    expect(methods[0].instructions.slice(0, 5)).toEqual([
      { offset: 0, opcode: 'ldstr', operand: 0x70000001, text: 'two words' },
      { offset: 5, opcode: 'pop' },
      { offset: 6, opcode: 'ldc.r8', operand: '0x8000000000000000' },
      { offset: 15, opcode: 'pop' },
      { offset: 16, opcode: 'leave.s', operand: 21 },
    ]);
    expect(methods[1]).toEqual({ token: 0x06000002, name: 'N.C::Abstract', rva: 0 });
    expect(methods[2].instructions).toEqual([
      { offset: 0, opcode: 'ldc.r4', operand: '0x7fa00001' },
      { offset: 5, opcode: 'pop' },
      { offset: 6, opcode: 'call', operand: 0x06000009 },
      { offset: 11, operand: 0xff },
    ]);
    expect([exitCode, diagnostics]).toEqual([1, [expect.objectContaining({ code: 'BAD_ROW', token: 0x06000003 })]]);
  });

  it('has the bytes of instructions and further tokens where options ask for them', async () => {
    const { output } = await dis(['a.dll', '--json', '--bytes', '--tokens'], { 'a.dll': bodies });
    const { methods } = JSON.parse(output);
    expect(methods[0]).toMatchObject({ declaringType: 0x02000002, localVarSigToken: 0x11000001 });
    expect(methods[0].instructions.slice(0, 2)).toEqual([
      { offset: 0, opcode: 'ldstr', operand: 0x70000001, text: 'two words', bytes: '7201000070' },
      { offset: 5, opcode: 'pop', bytes: '26' },
    ]);
    expect(methods[1]).toEqual({ token: 0x06000002, name: 'N.C::Abstract', rva: 0, declaringType: 0x02000002 });
    expect(methods[2].instructions[3]).toEqual({ offset: 11, operand: 0xff, bytes: 'ff' });
  });

  it('has lines of the portable PDB, and machine code, where options ask for them', async () => {
    const program = JSON.parse((await dis(['a.dll', '--json', '--line-numbers'], { 'a.dll': programImage() })).output);
    expect(program.methods[0].lines[0]).toMatchObject({ kind: 'visible', offset: 0, document: { name: expect.any(String) } });
    const mixed = buildMixedImage({ architecture: 'x64', records: [{ type: 6, slots: ['Add'] }] }).bytes;
    const { methods } = JSON.parse((await dis(['a.dll', 'NativeAdd', '--json', '--native'], { 'a.dll': mixed })).output);
    expect(methods[0]).toMatchObject({
      native: true,
      machineCode: expect.arrayContaining([expect.stringMatching(/^0000[0-9a-f]{4} {2}\w+/)]),
    });
    expect(JSON.parse((await dis(['a.dll', 'NativeAdd', '--json'], { 'a.dll': mixed })).output).methods[0]).not.toHaveProperty(
      'machineCode',
    );
  });

  it('prints one method, and the methods of a type', async () => {
    const names = async (member: string) => {
      const { output } = await dis(['a.dll', member, '--json'], { 'a.dll': bodies });
      return JSON.parse(output).methods.map(({ name }: { name: string }) => name);
    };
    expect(await names('N.C::Abstract')).toEqual(['N.C::Abstract']);
    expect(await names('N.C')).toEqual(['N.C::M', 'N.C::Abstract', 'N.C::Odd']);
  });

  it('says what code is of the machine', async () => {
    const { output, exitCode } = await dis(['edge.node', '--json'], { 'edge.node': edge });
    const { methods } = JSON.parse(output);
    expect([methods.length, methods.filter((each: object) => 'native' in each).length, exitCode]).toEqual([325, 100, 0]);
    expect(methods.filter((each: object) => 'instructions' in each)).toHaveLength(223);
  });
});

describe('ijw dis options', () => {
  it('writes headers and classes as comments first', async () => {
    const { output } = await dis(['a.dll', '--headers', '--class-list'], { 'a.dll': small });
    const comments = output.slice(0, output.indexOf('.assembly extern'));
    expect(comments.split('\n').filter((line) => line !== '' && !line.startsWith('//'))).toEqual([]);
    expect(comments).toMatch(/^\/\/ {3}imageBase +0x10000000$/m);
    expect(comments).toContain('// 0x02000002  N.C\n');
  });

  it('shows the source that a PDB beside the file embeds', async () => {
    const { output, errors } = await dis(['a.dll', '--source'], { 'a.dll': small, 'a.pdb': pdb() });
    expect(errors).toBe('');
    expect(output).toContain('    // /src/P.cs:2\n    // two;\n    //three;\n    IL_0000:  nop\n    // (hidden)\n    IL_0001:  ret\n');
  });

  it('writes line directives from a PDB', async () => {
    const { output, errors } = await dis(['a.dll', '--line-numbers'], { 'a.dll': small, 'a.pdb': pdb() });
    expect(errors).toBe('');
    expect(output).toContain("    .line 2,3 : 1,7 '/src/P.cs'\n    IL_0000:  nop\n    .line 16707566,16707566 : 0,0\n    IL_0001:  ret\n");
    expect((await dis(['a.dll', '--line-numbers'], { 'a.dll': small })).errors).toContain('--line-numbers: no PDB is embedded');
  });

  it('says why there are no source lines', async () => {
    const { exitCode, output, errors } = await dis(['a.dll', '--source'], { 'a.dll': small });
    expect(exitCode).toBe(0);
    expect(output).toContain('IL_0000:  nop');
    expect(errors).toContain('--source: no PDB is embedded, and a.pdb does not exist');
    expect((await dis(['a.dll', '--source'], { 'a.dll': small, 'a.pdb': new Uint8Array(20) })).errors).toContain('the PDB cannot be read');
  });
});
