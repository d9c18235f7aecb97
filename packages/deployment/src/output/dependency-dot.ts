import type { DeploymentReport } from '../diagnose.ts';
import { type Edge, fileOf, isMissing } from '../graph/edge.ts';

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const COLORS: Readonly<Record<Edge['satisfied']['by'], string>> = {
  folder: 'black',
  system: 'gray',
  framework: 'gray',
  host: 'gray',
  package: 'gray',
  redistributable: 'orange',
  nothing: 'red',
};

/** The graph of all roots for Graphviz: an edge for each need, red where nothing satisfies it. */
export function* dependencyDot({ diagnoses }: DeploymentReport): Generator<string> {
  yield 'digraph dependencies {\n  rankdir=LR;\n  node [shape=box, fontname="Helvetica"];\n';
  const written = new Set<string>();
  for (const { graph } of diagnoses) {
    for (const { edges } of graph.nodes.values()) {
      for (const edge of edges) {
        const to = fileOf(edge)?.path ?? edge.name;
        const style = edge.reason === 'delayImport' || edge.reason === 'pinvoke' ? ', style=dashed' : '';
        const line = `  ${quoted(edge.from.path)} -> ${quoted(to)} [label=${quoted(edge.reason)}, color=${COLORS[edge.satisfied.by]}${style}];\n`;
        if (!written.has(line)) yield line;
        written.add(line);
        if (isMissing(edge) && !written.has(to)) yield `  ${quoted(to)} [color=${COLORS[edge.satisfied.by]}];\n`;
        written.add(to);
      }
    }
  }
  yield '}\n';
}
