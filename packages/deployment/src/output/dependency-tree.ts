import type { Diagnosis } from '../diagnose.ts';
import type { DeployedFile } from '../files/deployed-file.ts';
import type { Deployment } from '../files/deployment.ts';
import { type Edge, fileOf, isMissing } from '../graph/edge.ts';
import { machineText } from './doctor-document.ts';

/** A line of the tree. */
export interface TreeLine {
  /** The branches before the name. */
  readonly lead: string;
  readonly name: string;
  readonly detail: string;
  readonly state: 'root' | 'found' | 'elsewhere' | 'missing';
}

export interface TreeOptions {
  /** More lines are counted, not written. */
  readonly limit: number;
}

/** The dependencies of a root as a tree. A file is opened out where it comes first; what the system and the runtime have is one line. */
export function dependencyTree(
  deployment: Deployment,
  { graph, process: { root } }: Diagnosis,
  { limit }: TreeOptions,
): readonly TreeLine[] {
  const lines: TreeLine[] = [{ lead: '', name: root.name, detail: machineText(deployment, root) ?? '', state: 'root' }];
  const shown = new Set<DeployedFile>([root]);
  const add = (file: DeployedFile, lead: string): void => {
    const branches = branchesOf(graph.nodes.get(file)?.edges ?? []);
    for (const [index, branch] of branches.entries()) {
      if (lines.length >= limit) return;
      const isLast = index === branches.length - 1;
      lines.push({ ...lineOf(deployment, branch, shown), lead: `${lead}${isLast ? '└─ ' : '├─ '}` });
      const target = 'edge' in branch ? fileOf(branch.edge) : undefined;
      if (target === undefined || shown.has(target)) continue;
      shown.add(target);
      add(target, `${lead}${isLast ? '   ' : '│  '}`);
    }
  };
  add(root, '');
  return lines;
}

type Branch = { readonly edge: Edge } | { readonly text: string; readonly names: readonly string[] };

/** What is missing first, then the files of the deployment, then one line for each that has the rest. */
function branchesOf(edges: readonly Edge[]): readonly Branch[] {
  const unique = [...new Map(edges.map((edge) => [`${edge.reason === 'reference'}${edge.name.toLowerCase()}`, edge])).values()];
  const missing = unique.filter(isMissing);
  const found = unique.filter((edge) => fileOf(edge) !== undefined);
  const groups = new Map<string, string[]>();
  for (const edge of unique) {
    if (isMissing(edge) || fileOf(edge) !== undefined) continue;
    const text = providerText(edge);
    groups.set(text, [...(groups.get(text) ?? []), edge.name]);
  }
  return [...[...missing, ...found].map((edge) => ({ edge })), ...Array.from(groups, ([text, names]) => ({ text, names }))];
}

function providerText({ satisfied }: Edge): string {
  switch (satisfied.by) {
    case 'framework':
      return satisfied.framework;
    case 'host':
      return 'the program of the process';
    case 'package':
      return 'other packages';
    default:
      return 'the operating system';
  }
}

/** Names of one line. */
const MOST_NAMES = 6;

function lineOf(deployment: Deployment, branch: Branch, shown: ReadonlySet<DeployedFile>): Omit<TreeLine, 'lead'> {
  if ('text' in branch) {
    const more = branch.names.length > MOST_NAMES ? ` and ${branch.names.length - MOST_NAMES} more` : '';
    return { name: `${branch.names.slice(0, MOST_NAMES).join(', ')}${more}`, detail: `from ${branch.text}`, state: 'elsewhere' };
  }
  const { edge } = branch;
  const file = fileOf(edge);
  if (file === undefined) {
    const detail = edge.satisfied.by === 'redistributable' ? `${edge.satisfied.row.redistributable}` : 'missing';
    return { name: edge.name, detail, state: edge.satisfied.by === 'redistributable' ? 'elsewhere' : 'missing' };
  }
  const again = shown.has(file) ? ', see above' : '';
  return { name: file.name, detail: `${machineText(deployment, file) ?? 'not an image'}${again}`, state: 'found' };
}
