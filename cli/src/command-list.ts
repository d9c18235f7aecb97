import { runtimeIds } from '@ijw/assembly/runtime-profiles';
import type { CommandDefinition } from './command.ts';

const FILES = { notation: '<files...>', description: 'PE files, bare metadata, Webcil or bundles; - reads standard input' };
const SETS = { notation: '<files...>', description: 'PE files, bundles, ZIP archives, packages, or folders with such files' };
const ENTRY = { flags: '--entry <path>', description: 'the file of that path inside a .NET single-file bundle' };
const RUNTIME = { flags: '--runtime <name>', description: 'the runtime', defaultsTo: 'as the file says', choices: runtimeIds };

/** An option that changes IL text only has no meaning in a document or a listing. */
const TEXT_ONLY = ['json', 'listing'];

/** Options that change the text of method bodies. */
const OF_BODIES = ['bytes', 'rawEh', 'native', 'source', 'lineNumbers'];

/** Every command of `ijw`, in the order of the help. A new command is a row here and a file in `commands/`. */
export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'info',
    operands: [FILES],
    files: 'each',
    heading: 'own',
    summary: 'one screen: what is this file?',
    options: [ENTRY],
    example: 'ijw info app.dll --json',
    load: () => import('./commands/info.ts'),
  },
  {
    name: 'headers',
    operands: [FILES],
    files: 'each',
    summary: 'every header and directory',
    options: [
      { flags: '--raw', description: 'numbers and decorated names instead of words', conflicts: ['json'] },
      { flags: '--unwind', description: 'how each function is unwound, too' },
      ENTRY,
    ],
    example: 'ijw headers kernel.dll',
    load: () => import('./commands/headers.ts'),
  },
  {
    name: 'tables',
    operands: [FILES],
    files: 'each',
    unfolded: ['raw', 'resolved'],
    plain: ['raw', 'resolved'],
    subject: {
      notation: '[table]',
      description: "a table (MethodDef, 0x06), a row of one (0x06000001) or a heap ('#Strings', '#US', '#Blob', '#GUID')",
    },
    summary: 'metadata tables and heaps',
    options: [
      { flags: '--raw', description: 'every row as stored, a line each', conflicts: ['json'] },
      { flags: '--resolved', description: 'every row with its names and signatures, a line each', conflicts: ['json'] },
      ENTRY,
    ],
    example: 'ijw tables app.dll MethodDef',
    load: () => import('./commands/tables.ts'),
  },
  {
    name: 'dis',
    operands: [FILES],
    files: 'each',
    unfolded: ['listing', 'strict'],
    plain: ['listing'],
    heading: 'comment',
    subject: {
      notation: '[member]',
      description: 'a type or a member: Main, Type::M, Ns.Type.M, M(string, int), List<T>::Add, Type::Get*, or a token such as 0x06000001',
    },
    summary: 'IL text',
    options: [
      {
        flags: '--strict',
        description: 'only what the platform assembler accepts; what it would drop is listed',
        conflicts: [...TEXT_ONLY, 'native'],
      },
      { flags: '--tokens', description: 'show metadata tokens', conflicts: ['listing'] },
      { flags: '--bytes', description: 'show the bytes of instructions', conflicts: ['listing'] },
      { flags: '--raw-eh', description: 'exception clauses in their raw form', conflicts: TEXT_ONLY },
      { flags: '--native', description: 'disassemble native method bodies', conflicts: ['listing'] },
      { flags: '--source', description: 'source lines from the portable PDB', conflicts: TEXT_ONLY },
      {
        flags: '--source-root <dir>',
        description: 'a folder with the sources, beside that of the file',
        repeatable: true,
        needs: ['source'],
        conflicts: TEXT_ONLY,
      },
      { flags: '--line-numbers', description: '.line and .language from the portable PDB', conflicts: ['listing'] },
      { flags: '--listing', description: 'bodies and instructions in the canonical form, a line each', conflicts: ['json'] },
      { flags: '--headers', description: 'PE and CLI headers as comments first', conflicts: TEXT_ONLY },
      { flags: '--quote-all-names', description: "put every name in ' '", conflicts: TEXT_ONLY },
      { flags: '--no-ca', description: 'leave custom attributes out', conflicts: TEXT_ONLY },
      { flags: '--ca-verbal', description: 'custom attributes in words', conflicts: [...TEXT_ONLY, 'ca'] },
      { flags: '--no-il', description: 'leave method bodies out', conflicts: [...TEXT_ONLY, ...OF_BODIES] },
      { flags: '--public-only', description: 'only public types and members', conflicts: [...TEXT_ONLY, 'visibility'] },
      { flags: '--visibility <list>', description: 'only members so visible: PUB+PRI+FAM+ASM+FAA+FOA+PSC', conflicts: TEXT_ONLY },
      { flags: '--forward', description: 'declare every class first', conflicts: TEXT_ONLY },
      { flags: '--class-list', description: 'a list of the classes first', conflicts: TEXT_ONLY },
      ENTRY,
    ],
    example: 'ijw dis app.dll Program::Main',
    load: () => import('./commands/dis.ts'),
  },
  {
    name: 'boundary',
    operands: [FILES],
    files: 'each',
    unfolded: ['dot'],
    plain: ['dot'],
    heading: 'comment',
    summary: 'where managed and native code meet',
    options: [{ flags: '--dot', description: 'as a graph for Graphviz', conflicts: ['json'] }],
    example: 'ijw boundary mixed.dll',
    load: () => import('./commands/boundary.ts'),
  },
  {
    name: 'interop',
    operands: [
      { notation: '<what>', description: 'inventory, verdicts or registry', choices: ['inventory', 'verdicts', 'registry'] },
      FILES,
    ],
    files: 'each',
    summary: 'what is there for interop, what the runtime says of it, how LeanCLR and TinyCLR find native code',
    options: [
      { flags: '--signatures <file>', description: 'registry: what is registered with LeanCLR, as for lint', conflicts: ['check'] },
      { flags: '--check <file>', description: 'registry: the raw binary of TinyCLR, its linker map, a scatter file', repeatable: true },
      { flags: '--base <address>', description: 'registry: where that binary is loaded', needs: ['check'] },
      ENTRY,
    ],
    example: 'ijw interop inventory app.dll --json',
    load: () => import('./commands/interop.ts'),
  },
  {
    name: 'lint',
    operands: [{ ...FILES, notation: '[files...]' }],
    files: 'together',
    summary: 'rules for interop: P/Invokes, function pointers, COM, mixed mode',
    options: [
      {
        flags: '--format <format>',
        description: 'how to print what was found',
        choices: ['text', 'json', 'sarif'],
        default: 'text',
        conflicts: ['json'],
      },
      { flags: '--rule <id>', description: 'only this rule (NI001), or several: NI001,NI002', repeatable: true },
      { flags: '--severity <level>', description: 'only findings at least as bad', choices: ['info', 'warning', 'error'], default: 'info' },
      {
        flags: '--fail-on <level>',
        description: 'exit code 1 for findings at least as bad',
        choices: ['info', 'warning', 'error'],
        default: 'warning',
      },
      {
        flags: '--explain <id>',
        description: 'say what a rule is about',
        conflicts: ['rule', 'severity', 'failOn', 'suppressions', 'baseline', 'writeBaseline', 'runtime', 'search', 'check', 'signatures'],
      },
      { flags: '--suppressions <file>', description: 'JSON: [{ rule, target, reason }]; target may have *' },
      { flags: '--baseline <file>', description: 'report only what is not in the baseline' },
      {
        flags: '--write-baseline <file>',
        description: 'write what is found as a baseline, and report nothing',
        conflicts: ['json', 'baseline', 'format', 'output'],
      },
      RUNTIME,
      {
        flags: '--search <dir>',
        description: 'a folder, ZIP archive or package with the native libraries that P/Invokes name',
        repeatable: true,
      },
      {
        flags: '--check <file>',
        description: 'what of TinyCLR to compare with the assembly: C++ source, a linker map, a raw binary, a scatter file',
        repeatable: true,
      },
      { flags: '--base <address>', description: 'where the binary of --check is loaded', needs: ['check'] },
      {
        flags: '--signatures <file>',
        description: 'what is registered with LeanCLR: signatures, one a line, or the C++ source with the calls',
      },
    ],
    example: 'ijw lint app.dll --severity warning',
    load: () => import('./commands/lint.ts'),
  },
  {
    name: 'load',
    operands: [FILES],
    files: 'each',
    heading: 'own',
    summary: 'simulate the load as the CLR does it',
    options: [
      {
        flags: '--host <host>',
        description: 'mscoree (framework) or ijwhost (core)',
        defaultsTo: 'the host that the image was linked for',
        choices: ['framework', 'core'],
      },
      RUNTIME,
      { flags: '--legacy-v2-policy', description: 'useLegacyV2RuntimeActivationPolicy is set' },
      { flags: '--base <address>', description: 'where to map the image', defaultsTo: 'its preferred base' },
      {
        flags: '--architecture <name>',
        description: 'architecture of the process',
        defaultsTo: 'that of the image',
        choices: ['x86', 'x64', 'arm64'],
      },
      { flags: '--native-first', description: 'the module is loaded by native code before any runtime' },
      { flags: '--from <source>', description: 'Assembly.LoadFrom of the file, or Assembly.Load of its bytes', choices: ['file', 'bytes'] },
      { flags: '--collectible', description: 'into a collectible AssemblyLoadContext' },
      {
        flags: '--runtimeconfig <state>',
        description: 'native first: call a slot, with or without a runtimeconfig.json that hostfxr finds',
        choices: ['present', 'missing'],
      },
      ENTRY,
      { flags: '--trace', description: 'print every step; a document of --json has them without it' },
      { flags: '--no-relocate', description: 'refuse to load elsewhere than at the preferred base' },
      {
        flags: '--search <dir>',
        description:
          'a folder, ZIP archive or package with the DLLs and assemblies that the image needs: what is neither there nor of Windows is missing',
        repeatable: true,
      },
    ],
    example: 'ijw load mixed.dll --host core --trace',
    load: () => import('./commands/load.ts'),
  },
  {
    name: 'tour',
    operands: [FILES],
    files: 'each',
    heading: 'own',
    summary: 'a mixed-mode file on two screens: what it is, its boundary, its load',
    options: [
      {
        flags: '--host <host>',
        description: 'mscoree (framework) or ijwhost (core)',
        defaultsTo: 'the host that the image was linked for',
        choices: ['framework', 'core'],
      },
      RUNTIME,
      { flags: '--trace', description: 'every row and every step', conflicts: ['json'] },
    ],
    example: 'ijw tour mixed.dll',
    load: () => import('./commands/tour.ts'),
  },
  {
    name: 'stubs',
    operands: [FILES],
    files: 'each',
    summary: 'the native side of a boundary: stubs, tables, prototypes, registrations',
    options: [
      {
        flags: '--for <system>',
        description: 'what to write',
        choices: ['tinyclr', 'nanoframework', 'leanclr', 'c', 'csharp'],
      },
      { flags: '-o, --output <dir>', description: 'the folder to write into; without it nothing is written', conflicts: ['check'] },
      {
        flags: '--check <path>',
        description:
          'compare with the assembly: a folder, C++ source, a linker map, a raw binary, a scatter file, a .pe file; exit code 1 for differences',
        repeatable: true,
      },
      { flags: '--base <address>', description: 'where the binary of --check is loaded', needs: ['check'] },
      {
        flags: '--search <dir>',
        description: 'a folder, ZIP archive or package with the assemblies of base types, after the folder of the file',
        repeatable: true,
      },
      { flags: '--api <version>', description: 'generation of the system: tinyclr 1.0 or 0; nanoframework 1, 2 or netmf' },
      { flags: '--bare', description: 'stubs without the code that fetches arguments' },
      { flags: '--project <name>', description: 'nanoframework: the name in files and structs, where it is not the assembly' },
      { flags: '--method <name>', description: 'leanclr: only this Type::Method (or a token)', repeatable: true },
    ],
    example: 'ijw stubs firmware.dll --for tinyclr -o native',
    load: () => import('./commands/stubs.ts'),
  },
  {
    name: 'find',
    operands: [
      {
        notation: '<pattern>',
        description: 'a word, a name with * and ?, or /a regular expression/; with :: or a dot it is about full names',
      },
      SETS,
    ],
    files: 'together',
    shared: ['json', 'output', 'color', 'logLevel'],
    summary: 'names, strings, constants and attributes',
    options: [
      {
        flags: '--kind <kinds>',
        description:
          'only these: type, method, field, property, event, parameter, genericParameter, namespace, typeReference, memberReference, assemblyReference, moduleReference, forwarder, resource, import, export, string, constant, attribute',
        defaultsTo: 'what a module defines, its resources, imports and exports',
        repeatable: true,
      },
      { flags: '--strings', description: 'user strings, strings in resources, ASCII and UTF-16 in the rest of the image' },
      { flags: '--constants', description: 'values of constants and of IL instructions that load one' },
      { flags: '--attributes', description: 'custom attributes by the name of their type' },
    ],
    example: "ijw find '*Handle' app.dll --kind type",
    load: () => import('./commands/find.ts'),
  },
  {
    name: 'xref',
    operands: [
      {
        notation: '<member>',
        description: 'a type, a member (Type::M, Ns.Type.M, M(string, int)), a token, or a native function (kernel32!Sleep)',
      },
      SETS,
    ],
    files: 'together',
    shared: ['json', 'output', 'color', 'logLevel'],
    summary: 'who uses a member: calls, reads, writes, overriders, attributes, native code',
    options: [
      {
        flags: '--kind <kinds>',
        description: 'only these uses: call, read, write, address, create, override, implement, extend, slot, import, reference',
        repeatable: true,
      },
      {
        flags: '--search <dir>',
        description: 'a folder, ZIP archive or package with assemblies that references lead to',
        repeatable: true,
      },
    ],
    example: 'ijw xref Console::WriteLine app.dll',
    load: () => import('./commands/xref.ts'),
  },
  {
    name: 'hex',
    operands: [FILES],
    files: 'each',
    subject: {
      notation: '[where]',
      description:
        'a section (.text), a token (0x06000001: its row and body), an RVA (0x2000) or an offset (offset:0x200); the whole file without it',
    },
    summary: 'bytes beside the structure, the field and the value that they are',
    options: [{ flags: '--length <bytes>', description: 'how many bytes, from an RVA or an offset', defaultsTo: '256' }, ENTRY],
    example: 'ijw hex mixed.dll 0x06000001',
    load: () => import('./commands/hex.ts'),
  },
  {
    name: 'resources',
    operands: [FILES],
    files: 'each',
    subject: {
      notation: '[name]',
      description: 'a resource, or an entry of one: Strings.resources, Strings.resources/Title, VERSION/1/1033',
    },
    summary: 'managed resources and those of Windows, what is in them, and their extraction',
    options: [
      {
        flags: '-o, --output <path>',
        description: 'write the content of the named resource to this file; without a name, of all into this folder',
      },
      ENTRY,
    ],
    example: 'ijw resources app.dll Strings.resources',
    load: () => import('./commands/resources.ts'),
  },
  {
    name: 'extract',
    operands: [{ ...FILES, description: '.NET single-file bundles' }],
    files: 'each',
    shared: ['json', 'color', 'logLevel'],
    summary: 'the files in a .NET single-file bundle',
    options: [
      { flags: '-o, --output <dir>', description: 'write the files into this folder; without it they are listed' },
      { flags: '--overwrite', description: 'replace files that exist', needs: ['output'] },
    ],
    example: 'ijw extract app -o files',
    load: () => import('./commands/extract.ts'),
  },
  {
    name: 'demangle',
    operands: [{ notation: '[names...]', description: 'decorated names; without them, standard input is filtered' }],
    files: 'none',
    shared: ['json', 'output'],
    summary: 'MSVC decorated names as C++',
    options: [],
    example: "ijw demangle '?f@@YAHH@Z'",
    load: () => import('./commands/demangle.ts'),
  },
  {
    name: 'completion',
    operands: [{ notation: '<shell>', description: 'bash, zsh, fish or powershell', choices: ['bash', 'zsh', 'fish', 'powershell'] }],
    files: 'none',
    shared: ['output'],
    summary: 'a completion script for a shell',
    options: [],
    example: 'source <(ijw completion bash)',
    load: () => import('./commands/completion.ts'),
  },
];
