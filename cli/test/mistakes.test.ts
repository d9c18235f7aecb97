// What a newcomer types wrong: each answer is wrong usage, or a file that is not there, and names the right form.
import { buildMixedImage, managedSample } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';
import { memoryIo } from './memory-io.ts';

const files = {
  'app.dll': managedSample(),
  'mixed.dll': buildMixedImage({ architecture: 'x64', records: [{ type: 6, slots: ['Add'] }] }).bytes,
};

/** The words, and what the answer must hold. */
const MISTAKES: readonly (readonly [words: string, answer: string])[] = [
  ['inof app.dll', 'Did you mean info?'],
  ['disassemble app.dll', 'did you mean dis?'],
  ['dumpbin app.dll', 'did you mean headers?'],
  ['info', 'Example: ijw info app.dll --json'],
  ['info app.dll --jsn', 'Did you mean --json?'],
  ['load mixed.dll --arch x64', 'Did you mean --architecture?'],
  ['load mixed.dll --host java', 'Allowed choices are framework, core'],
  ['load mixed.dll --base here', '--base needs a number (0x1000 or 4096)'],
  ['tables app.dll MethodDeff', 'did you mean MethodDef'],
  ['tables app.dll #String', 'did you mean #Strings'],
  ['tables app.dll 0x06ffffff', 'rows, and 0x06ffffff is not one of them'],
  ['dis mixed.dll NativeAd', 'did you mean <Module>::NativeAdd'],
  ['dis mixed.dll <Module>::NativeAdd(string)', 'there is <Module>::NativeAdd('],
  ['dis app.dll --source-root src', '--source-root needs --source'],
  ['boundary mixed.dll --dot --json', "'--dot' cannot be used with option '--json'"],
  ['interop inventry app.dll', 'interop has inventory, verdicts, registry'],
  ['lint', 'lint needs a file, or --explain with a rule'],
  ['lint app.dll --rule NI1', 'the rules are NI001'],
  ['lint app.dll --fail-on never', 'Allowed choices are info, warning, error'],
  ['stubs app.dll', 'stubs needs --for tinyclr|nanoframework|leanclr|c|csharp'],
  ['stubs app.dll --for tiny', 'Allowed choices are tinyclr'],
  ['stubs app.dll --for leanclr --api 2', 'leanclr has one API only'],
  ['completion csh', 'the shells are bash, zsh, fish, powershell'],
];

describe('a mistake', () => {
  it.each(MISTAKES)('ijw %s: %s', async (words, answer) => {
    const io = memoryIo(files);
    expect(await run(words.split(' '), io)).toBe(2);
    expect(io.errors.text).toContain(answer);
    expect(io.errors.text).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['info folder/ap.dll', 'did you mean app.dll?'],
    ['info folder/app.dl', 'did you mean app.dll?'],
  ])('ijw %s: %s', async (words, answer) => {
    const io = memoryIo({ 'folder/app.dll': files['app.dll'] });
    expect(await run(words.split(' '), io)).toBe(1);
    expect(io.errors.text).toContain(answer);
  });
});
