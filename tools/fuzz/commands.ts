/** What images are read with: every command, in text and in JSON. */
export const COMMANDS: readonly (readonly [string, ...string[]])[] = [
  'info',
  'info --json',
  'headers --unwind',
  'headers --json',
  'tables',
  'tables MethodDef --json',
  'tables --resolved',
  'dis',
  'dis --strict',
  'dis --listing',
  'dis --source --bytes --tokens',
  'boundary',
  'boundary --json',
  'boundary --dot',
  'lint',
  'lint --json',
  'load --host core --trace',
  'load --host framework --json --native-first',
  'tour',
  'stubs --for c',
  'stubs --for csharp --json',
  'stubs --for tinyclr',
  'stubs --for nanoframework',
  'stubs --for leanclr',
].map((line) => {
  const [verb = '', ...options] = line.split(' ');
  const [table] = options;
  return verb === 'tables' && table !== undefined && !table.startsWith('-') ? [verb, './a.dll', ...options] : [verb, './a.dll', ...options];
});
