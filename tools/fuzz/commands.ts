/** A line of words as the command line takes them, with `./a.dll` for the image behind the command, or where the line has it. */
export function commandOf(line: string): readonly string[] {
  const [verb = '', ...options] = line.split(' ');
  return options.includes('./a.dll') ? [verb, ...options] : [verb, './a.dll', ...options];
}

/** What images are read with: every command, in text and in JSON. */
export const COMMANDS: readonly [string, ...string[]] = [
  'info',
  'info --json',
  'headers --unwind',
  'headers --json',
  'headers --raw',
  'tables',
  'tables MethodDef --json',
  'tables --resolved',
  'tables --raw',
  'tables --json',
  'dis',
  'dis --strict',
  'dis --listing',
  'dis --native --headers',
  'dis --ca-verbal --class-list --forward --raw-eh',
  'dis --json',
  'dis --source --bytes --tokens',
  'boundary',
  'boundary --json',
  'boundary --dot',
  'lint',
  'lint --json',
  'lint --format sarif',
  'interop inventory ./a.dll',
  'interop verdicts ./a.dll',
  'interop registry ./a.dll',
  'load --host core --trace',
  'load --host framework --json --native-first',
  'tour',
  'stubs --for c',
  'stubs --for c -o ./out',
  'stubs --for csharp',
  'stubs --for csharp --json',
  'stubs --for tinyclr',
  'stubs --for nanoframework',
  'stubs --for leanclr',
];
