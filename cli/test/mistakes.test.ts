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
  // Words in another order.
  ['app.dll dis', 'The command is the first word: ijw dis app.dll'],
  ['app.dll --dis', 'The command is the first word: ijw dis app.dll'],
  ['--json info app.dll', 'The command is the first word: ijw info --json app.dll'],
  ['-o x.txt info app.dll', 'The command is the first word: ijw info -o x.txt app.dll'],
  ['dis NativeAdd mixed.dll', 'The file comes before the member: ijw dis mixed.dll NativeAdd'],
  ['tables MethodDef app.dll', 'The file comes before the table: ijw tables app.dll MethodDef'],
  // Options as other systems write them.
  ['info app.dll /all', '"/all" is not a file, and options begin with two dashes'],
  ['headers /all app.dll', '"/all" is not a file, and options begin with two dashes'],
  ['headers app.dll /raw', 'Options begin with two dashes: --raw, not /raw'],
  ['dis app.dll /out:x.il', 'Options begin with two dashes: --output, not /out:x.il'],
  ['dis app.dll /out=x.il', 'Options begin with two dashes: --output, not /out=x.il'],
  ['dis app.dll -out x.il', 'Options begin with two dashes: --output, not -out'],
  ['dis app.dll -json', 'Options begin with two dashes: --json, not -json'],
  ['info app.dll --json=true', '--json takes no value'],
  ['dis app.dll -o', "option '-o, --output <file>' argument missing"],
  ['dis app.dll --tokens --json --listing', "'--tokens' cannot be used with option '--listing'"],
  ['dis app.dll --strict --native', "'--strict' cannot be used with option '--native'"],
  ['dis app.dll --no-il --bytes', "'--no-il' cannot be used with option '--bytes'"],
  ['dis app.dll --no-ca --ca-verbal', "'--ca-verbal' cannot be used with option '--no-ca'"],
  ['info app.dll --json --color', '--color cannot be used with --json'],
  ['boundary mixed.dll --dot --color', '--color cannot be used with --dot'],
  ['lint app.dll --format sarif --color', '--color cannot be used with --format sarif'],
  ['lint --explain NI001 --rule NI002', "'--explain <id>' cannot be used with option '--rule <id>'"],
  ['tour mixed.dll --trace --json', "'--trace' cannot be used with option '--json'"],
  ['load mixed.dll --host core --legacy-v2-policy', '--legacy-v2-policy is an option of the framework host'],
  // Tables and members by other names.
  ['tables app.dll methods', 'did you mean MethodDef? The tables are'],
  ['tables app.dll Types', 'did you mean TypeDef?'],
  ['tables app.dll attributes', 'did you mean CustomAttribute?'],
  ['tables app.dll pinvokes', 'did you mean ImplMap?'],
  ['tables app.dll MethodDef:5', 'a row is its token, such as 0x06000001'],
  ['tables app.dll 0x70000001', 'table 0x70 does not exist'],
  ['dis app.dll 0x70000001', '0x70000001 is not the token of a type, method or field'],
  ['dis app.dll zzzzzzz', 'No type or member is named "zzzzzzz"; "*" stands for any text, as in "*zzz*"'],
  ['dis mixed.dll <Module>::Twise', 'did you mean <Module>::Twice'],
  ['demangle --colour ?f@@YAHH@Z', "unknown option '--colour'"],
];

/** What is typed in another form and understood. */
const UNDERSTOOD: readonly (readonly [words: string, answer: string])[] = [
  ['--help dis', 'Usage: ijw dis'],
  ['-h tables', 'Usage: ijw tables'],
  ['help dis', 'Usage: ijw dis'],
  ['--json app.dll', '"format": "PE32'],
  ['info -- app.dll', 'app.dll'],
  ['tables app.dll methoddef', '0x06000001'],
  ['tables app.dll 6', '0x06000001'],
  ['tables app.dll 100663297', 'MethodDef 0x06000001'],
  ['tables app.dll strings', '0x1'],
  ['dis mixed.dll 100663297', 'Add'],
  ['dis mixed.dll ::twice', 'Twice'],
  ['dis mixed.dll --output=- Twice', 'Twice'],
];

describe('a mistake', () => {
  it.each(MISTAKES)('ijw %s: %s', async (words, answer) => {
    const io = memoryIo(files);
    expect(await run(words.split(' '), io)).toBe(2);
    expect(io.errors.text).toContain(answer);
    expect(io.errors.text).not.toMatch(/\n\s+at /);
  });

  it.each(UNDERSTOOD)('ijw %s', async (words, answer) => {
    const io = memoryIo(files);
    expect(await run(words.split(' '), io)).toBe(0);
    expect(io.output.text).toContain(answer);
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
