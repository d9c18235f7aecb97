import { hex, printable } from '@ijw/binary';
import { demangle } from '@ijw/demangle';
import type { Boundary } from '../boundary.ts';
import { importedName } from '../code/imported-function.ts';
import type { ManagedToNative, NativeToManaged } from '../crossing.ts';
import { exportText } from '../entries/image-export.ts';
import type { StubDestination } from '../transfers/stub.ts';

/** The DOT language: a quoted identifier. */
const quoted = (text: string): string => `"${text.split(/\r?\n/).map(quotedLine).join('\\n')}"`;

const quotedLine = (line: string): string => printable(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"');

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

interface Graph {
  readonly managed: Map<string, string>;
  readonly native: Map<string, string>;
  /** Functions of other modules, by module. */
  readonly imported: Map<string, Map<string, string>>;
  readonly edges: Edge[];
}

function addImport(graph: Graph, module: string, name: string): string {
  const functions = graph.imported.get(module) ?? new Map<string, string>();
  graph.imported.set(module, functions);
  const id = `${module}!${name}`;
  const { text } = demangle(name);
  functions.set(id, text);
  return id;
}

function addTarget(graph: Graph, target: StubDestination): string {
  if (target.kind === 'import') {
    return addImport(graph, target.function.module, importedName(target.function));
  }
  const rva = target.kind === 'slot' ? target.slotRva : target.kind === 'pointer' ? target.pointerRva : target.rva;
  const id = `native ${hex(rva)}`;
  graph.native.set(id, `${target.kind === 'body' ? '' : `${target.kind} `}${hex(rva)}`);
  return id;
}

function addCall(graph: Graph, { token, method, kind, rva, implMap, stub, convention }: ManagedToNative): void {
  const from = `token ${hex(token)}`;
  const label = kind === 'rva' ? hex(rva) : kind;
  graph.managed.set(from, method);
  if (stub !== undefined) graph.edges.push({ from, to: addTarget(graph, stub.target), label: `${label} ${convention.convention}` });
  else if (implMap !== undefined) graph.edges.push({ from, to: addImport(graph, implMap.module, implMap.name), label: 'by name' });
}

function addEntry(graph: Graph, { token, method, slot, stubs, exports }: NativeToManaged): void {
  const to = token === 0 ? `slot ${hex(slot.rva)}` : `token ${hex(token)}`;
  graph.managed.set(to, method ?? to);
  const label = `slot ${hex(slot.rva)} type ${hex(slot.fixup.type)}`;
  for (const { rva } of stubs) {
    const from = `native ${hex(rva)}`;
    graph.native.set(from, `stub ${hex(rva)}`);
    graph.edges.push({ from, to, label });
  }
  for (const entry of exports) {
    const from = `export ${exportText(entry)}`;
    graph.native.set(from, exportText(entry));
    graph.edges.push({ from, to, label });
  }
}

const cluster = (name: string, title: string, nodes: ReadonlyMap<string, string>): readonly string[] => [
  `  subgraph ${quoted(`cluster_${name}`)} {`,
  `    label=${quoted(title)};`,
  ...[...nodes].map(([id, label]) => `    ${quoted(id)} [label=${quoted(label)}];`),
  '  }',
];

/** The boundary as a graph in the DOT language of Graphviz: managed methods, native code of the image, and the modules it imports from. */
export function boundaryToDot(boundary: Boundary): string {
  const graph: Graph = { managed: new Map(), native: new Map(), imported: new Map(), edges: [] };
  for (const call of boundary.managedToNative) addCall(graph, call);
  for (const entry of boundary.nativeToManaged) addEntry(graph, entry);
  return [
    'digraph boundary {',
    '  rankdir=LR;',
    '  node [shape=box, fontname="monospace"];',
    ...cluster('managed', 'managed', graph.managed),
    ...cluster('native', 'native', graph.native),
    ...[...graph.imported].flatMap(([module, functions]) => cluster(`module ${module}`, module || '(this module)', functions)),
    ...graph.edges.map(({ from, to, label }) => `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(label)}];`),
    '}',
    '',
  ].join('\n');
}
