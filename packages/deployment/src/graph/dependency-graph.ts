import type { DeployedFile } from '../files/deployed-file.ts';
import type { Deployment } from '../files/deployment.ts';
import type { TargetProcess } from '../process/target-process.ts';
import { isFrameworkAssembly } from '../tables/frameworks.ts';
import { type Edge, fileOf } from './edge.ts';
import { referenceEdges } from './managed-references.ts';
import { nativeImportEdges, neededEdges } from './native-imports.ts';
import { pinvokeEdges } from './p-invokes.ts';

/** A file that the root needs, one way or another. */
export interface GraphNode {
  readonly file: DeployedFile;
  /** The edge that leads to it; `undefined` for the root. */
  readonly via: Edge | undefined;
  /** What it needs. */
  readonly edges: readonly Edge[];
  /** Windows, or the system, maps it while it loads the root. */
  readonly withRoot: boolean;
}

/** Native imports, managed references and P/Invokes from one file on; each file once, by the shortest way. */
export interface DependencyGraph {
  readonly process: TargetProcess;
  readonly nodes: ReadonlyMap<DeployedFile, GraphNode>;
}

/** More files than this no process loads. */
const MOST_NODES = 5000;

/**
 * Walks from the root: first what is mapped with it, then everything else. Circles end where they begin.
 * @param known the needs of files of the same process
 */
export function dependencyGraph(
  deployment: Deployment,
  process: TargetProcess,
  known: Map<DeployedFile, readonly Edge[]> = new Map(),
): DependencyGraph {
  const nodes = new Map<DeployedFile, GraphNode>();
  const visit = (file: DeployedFile, via: Edge | undefined, withRoot: boolean): GraphNode => {
    const edges = known.get(file) ?? edgesOf(deployment, process, file);
    known.set(file, edges);
    const node = { file, via, edges, withRoot };
    nodes.set(file, node);
    return node;
  };
  const walk = (start: readonly GraphNode[], follows: (edge: Edge) => boolean, withRoot: boolean): void => {
    const queue = [...start];
    for (let index = 0; index < queue.length && nodes.size < MOST_NODES; index++) {
      for (const edge of queue[index]?.edges ?? []) {
        const file = fileOf(edge);
        if (file !== undefined && follows(edge) && !nodes.has(file)) queue.push(visit(file, edge, withRoot));
      }
    }
  };
  walk([visit(process.root, undefined, true)], ({ reason }) => reason === 'import' || reason === 'needed', true);
  walk([...nodes.values()], ({ reason }) => reason !== 'listed', false);
  walk([...nodes.values()], () => true, false);
  return { process, nodes };
}

function edgesOf(deployment: Deployment, process: TargetProcess, file: DeployedFile): readonly Edge[] {
  const facts = deployment.facts(file);
  if (facts.format === 'other') return [];
  const started: Edge[] =
    file === process.program && process.main !== undefined && process.main !== file ? [programEdge(file, process.main)] : [];
  if (facts.format !== 'pe') return [...started, ...neededEdges(deployment, process, file, facts.needed)];
  // The import table of an IL-only image names mscoree.dll for Windows versions that knew no managed code.
  const native = facts.kind === 'managed' ? [] : nativeImportEdges(deployment, process, file, facts);
  if (facts.managed === undefined) return [...started, ...native];
  return [
    ...native,
    ...referenceEdges(deployment, process, file, facts.managed),
    ...pinvokeEdges(deployment, process, file, facts.managed),
    ...(file === (process.main ?? process.program) ? listedEdges(deployment, process, file) : []),
  ];
}

/**
 * The assemblies in the folder of a program, but for those of the framework: what no other refers to is loaded by its name (hostpolicy puts all of them on the
 * list, by the deps.json or as they are there).
 */
function listedEdges(deployment: Deployment, { host, folder, inside, program }: TargetProcess, from: DeployedFile): readonly Edge[] {
  if (host !== 'core' || program === undefined) return [];
  return deployment.files.all.flatMap((file): Edge[] => {
    if ((file.folder !== folder && file.folder !== inside) || file === from || !/\.dll$/i.test(file.name)) return [];
    const identity = deployment.image(file)?.managed?.identity;
    if (identity === undefined || isFrameworkAssembly(identity)) return [];
    return [{ from, name: file.name, reason: 'listed', kind: 'ours', satisfied: { by: 'folder', file }, tried: [] }];
  });
}

const programEdge = (from: DeployedFile, main: DeployedFile): Edge => ({
  from,
  name: main.name,
  reason: 'program',
  kind: 'ours',
  satisfied: { by: 'folder', file: main },
  tried: [main.name],
});

/** The edges from the root to a file, in order. */
export function edgesTo({ nodes }: DependencyGraph, file: DeployedFile): readonly Edge[] {
  const edges: Edge[] = [];
  for (let via = nodes.get(file)?.via; via !== undefined; via = nodes.get(via.from)?.via) edges.unshift(via);
  return edges;
}

/** The names from the root to what an edge leads to: `A.dll`, `B.dll`, `C.dll`. */
export function chainOf(graph: DependencyGraph, edge: Edge): readonly string[] {
  const names = [graph.process.root.name];
  for (const each of [...edgesTo(graph, edge.from), edge]) names.push(fileOf(each)?.name ?? each.name);
  return names;
}

/** The names from the root to a file. */
export function chainTo(graph: DependencyGraph, file: DeployedFile): readonly string[] {
  const via = graph.nodes.get(file)?.via;
  return via === undefined ? [file.name] : chainOf(graph, via);
}
