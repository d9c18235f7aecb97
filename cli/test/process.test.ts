// The command line as a process: exit codes, standard streams, closed pipes, suggestions.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/command-list.ts';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const ijw = join(import.meta.dirname, '../bin/ijw.js');
const edge = join(createRequire(import.meta.url).resolve('edge-js/package.json'), '../lib/native/win32/x64/24/edge_nativeclr.node');

/** The same without a process, where none is tested. */
const inProcess = async (args: readonly string[]): Promise<string> => {
  const io = memoryIo({ [edge]: readFileSync(edge) });
  await run(args, io);
  return io.output.text;
};

const call = (args: readonly string[], options: { input?: Uint8Array | string; env?: Record<string, string> } = {}) => {
  const result = spawnSync(process.execPath, [ijw, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
    env: { ...process.env, ...options.env },
  });
  return { exitCode: result.status, output: result.stdout, errors: result.stderr };
};

describe('the command line as a process', () => {
  it('takes a file alone for ijw info', () => {
    expect(call([edge, '--json']).output).toBe(call(['info', edge, '--json']).output);
  });

  it('reads standard input', () => {
    const fromPipe = JSON.parse(call(['info', '-', '--json'], { input: readFileSync(edge) }).output);
    expect(fromPipe).toEqual({ ...JSON.parse(call(['info', edge, '--json']).output), file: '-' });
  });

  it('writes one document a line for several files, and goes on after a bad one', () => {
    const { exitCode, output, errors } = call(['info', edge, 'no-such-file', edge, '--json']);
    expect([exitCode, output.trim().split('\n').length, errors]).toEqual([1, 2, 'ijw: no-such-file: file not found (ENOENT)\n']);
  });

  it('says that a directory is one', () => {
    expect(call(['info', import.meta.dirname])).toMatchObject({
      exitCode: 1,
      output: '',
      errors: expect.stringMatching(/^ijw: .*directory.*\n$/),
    });
  });

  it.each([
    [['inof', 'x'], 'Did you mean info?'],
    [['info', edge, '--jsn'], 'Did you mean --json?'],
    [['load', edge, '--host', 'java'], 'Allowed choices are framework, core'],
    [['tables', edge, 'MethodDeff'], 'Unknown metadata table "MethodDeff"'],
  ])('%j is wrong usage', (args, message) => {
    const { exitCode, errors } = call(args);
    expect(exitCode).toBe(2);
    expect(errors).toContain(message);
  });

  it('colours only for a terminal, or when asked', () => {
    const escapeCharacter = String.fromCharCode(27);
    expect(call(['info', edge]).output).not.toContain(escapeCharacter);
    expect(call(['info', edge, '--color']).output).toContain(escapeCharacter);
    expect(call(['info', edge, '--no-color']).output).not.toContain(escapeCharacter);
  });

  it('puts an output file in its place whole, and leaves nothing behind when it fails', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ijw-'));
    const target = join(folder, 'info.json');
    expect(call(['info', edge, '--json', '-o', target])).toMatchObject({ exitCode: 0, output: '' });
    const before = readFileSync(target, 'utf8');
    expect(JSON.parse(before).kind).toBe('mixed');
    writeFileSync(join(folder, 'bad.dll'), 'no image');
    expect(call(['info', join(folder, 'bad.dll'), '--json', '-o', target]).exitCode).toBe(1);
    expect(readFileSync(target, 'utf8')).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(['bad.dll', 'info.json']);
  });

  it('prints help with an example for every command', async () => {
    const { output } = call(['--help']);
    for (const { name } of COMMANDS) {
      expect(output).toContain(`  ${name} `);
      expect(await inProcess([name, '--help'])).toContain('Example:');
    }
    expect(call(['info', '--help']).output).toContain('Example:');
  });

  it.each(['x64', 'arm64', 'ia32'])('loads a decoder of machine code only when it is asked for: %s', (architecture) => {
    const { exitCode, output } = call(['dis', edge.replace('x64/24', `${architecture}/22`), '<Module>::printf', '--native']);
    expect([exitCode, output]).toEqual([0, expect.stringMatching(/\n {2}\/\/ [0-9a-f]{8} {2}(ret|ret .*)\s*\n/)]);
  });

  it('logs to standard error when it is asked to', () => {
    const { output, errors } = call(['load', edge, '--log-level', 'debug', '--json']);
    expect(JSON.parse(output).outcome).toBe('loaded');
    const lines = errors
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.msg)).toContain('patchSlot');
  });

  it.each(['bash', 'zsh', 'fish'])('makes a completion script for %s', (shell) => {
    expect(call(['completion', shell])).toMatchObject({ exitCode: 0, output: expect.stringContaining('boundary') });
  });
});

describe('ijw on the x64 image for Node 24', async () => {
  const document = async (...args: readonly string[]) => JSON.parse(await inProcess([...args, '--json']));
  const boundary = await document('boundary', edge);
  const loads = {
    framework: await document('load', edge, '--host', 'framework'),
    core: await document('load', edge, '--host', 'core'),
  } as const;

  it('counts what is in it', async () => {
    expect(await document('info', edge)).toMatchObject({
      kind: 'mixed',
      machine: 'amd64',
      entryPoint: { rva: 0x6744 },
      counts: { methods: 325, rvaPInvokes: 100, namedPInvokes: 2, vtableSlots: 56, exports: 1 },
    });
  });

  it('names every crossing of the boundary', () => {
    const byRva = boundary.managedToNative.filter((call: { kind: string }) => call.kind === 'rva');
    expect(byRva).toHaveLength(100);
    expect(byRva.filter((call: { implMap?: object }) => call.implMap)).toHaveLength(95);
    const named = byRva.filter(
      (call: { implMap?: object; target: { kind: string; name?: string } }) =>
        call.implMap && call.target.kind === 'import' && call.target.name,
    );
    expect(named).toHaveLength(95);
    const slots = boundary.fixups.flatMap((record: { slots: { rva: number; stubs: number[] }[] }) => record.slots);
    expect(slots).toHaveLength(56);
    expect(
      slots.every((slot: { rva: number; stubs: number[] }) => slot.stubs.length === 1 && slot.rva >= 0x1d000 && slot.rva <= 0x1d250),
    ).toBe(true);
    const types = boundary.fixups.map((record: { type: number }) => record.type);
    expect([types.filter((type: number) => type === 0x0a).length, types.filter((type: number) => type === 0x02).length]).toEqual([28, 28]);
    expect(boundary.exports).toContainEqual(expect.objectContaining({ name: 'node_register_module_v137', rva: 0x6250 }));
  });

  it.each(['framework', 'core'] as const)(
    'loads on the %s host with every slot patched and every import at an address of its own',
    (host) => {
      const document = loads[host];
      expect(document).toMatchObject({ outcome: 'loaded', hresult: 0, host });
      expect(
        document.slots.every((slot: { after: number; token: number; thunk?: object }) => slot.thunk && slot.after !== slot.token),
      ).toBe(true);
      const addresses = document.imports.map((symbol: { address: number }) => symbol.address);
      expect(new Set(addresses).size).toBe(125);
    },
  );

  it('differs between the hosts as the runtimes do: fixups before or after the events, and who runs the .cctor', () => {
    const steps = (host: keyof typeof loads): string[] => loads[host].events.map((event: { step: string }) => event.step);
    const [framework, core] = [steps('framework'), steps('core')];
    expect(framework.indexOf('patchSlot')).toBeLessThan(framework.indexOf('deliverEvents'));
    expect(core.indexOf('patchSlot')).toBeGreaterThan(core.indexOf('deliverEvents'));
    expect([framework.includes('moduleConstructor'), core.includes('moduleConstructor')]).toEqual([true, false]);
  });
});
