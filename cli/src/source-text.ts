import { inflateRawSync } from 'node:zlib';
import { ifReadable } from '@ijw/binary';
import type { SourceText } from '@ijw/il';
import type { PortablePdb, SequencePoint } from '@ijw/metadata';
import type { Io } from './io.ts';

/** Lines of one statement that are shown; a statement may claim to span a whole file. */
const MOST_LINES = 40;
/** Of embedded sources: a bound for what a few bytes may inflate to. */
const LONGEST_SOURCE = 0x4000000;

/** Source lines by a portable PDB. Their text is what the PDB embeds, or the source file where it lies. */
export function sourceText(pdb: PortablePdb, io: Io): SourceText {
  const documents = new SourceDocuments(pdb, io);
  return {
    linesOf(methodToken) {
      const points = ifReadable(() => pdb.sequencePoints(methodToken & 0xffffff)?.points);
      return points && new Map(points.map((point) => [point.offset, linesOfPoint(documents, point)]));
    },
  };
}

function linesOfPoint(documents: SourceDocuments, point: SequencePoint): readonly string[] {
  if (point.kind === 'hidden') return [' (hidden)'];
  const { name, lines } = documents.at(point.document);
  const last = Math.min(point.endLine, point.startLine + MOST_LINES - 1);
  return [` ${name}:${point.startLine}`, ...lines.slice(point.startLine - 1, last)];
}

interface Source {
  readonly name: string;
  readonly lines: readonly string[];
}

/** The sources of a PDB. One is kept: the methods of a document follow each other. */
class SourceDocuments {
  readonly #pdb: PortablePdb;
  readonly #io: Io;
  #known: (Source & { readonly rid: number }) | undefined;

  constructor(pdb: PortablePdb, io: Io) {
    this.#pdb = pdb;
    this.#io = io;
  }

  at(rid: number): Source {
    if (this.#known?.rid !== rid) {
      const name = ifReadable(() => this.#pdb.document(rid).name) ?? `document ${rid}`;
      this.#known = { rid, name: name.replaceAll(/[\r\n]/g, ' '), lines: this.#text(rid, name).split(/\r\n|[\r\n\u0085\u2028\u2029]/) };
    }
    return this.#known;
  }

  #text(rid: number, name: string): string {
    const embedded = ifReadable(() => this.#pdb.embeddedSource(rid));
    try {
      const decoder = new TextDecoder();
      if (embedded !== undefined) return decoder.decode(embedded.deflated ? inflated(embedded.content) : embedded.content);
      return this.#io.isFile(name) ? decoder.decode(this.#io.readFile(name)) : '';
    } catch {
      // The text is an extra: the place stands in the output without it too.
      return '';
    }
  }
}

const inflated = (content: Uint8Array): Uint8Array => inflateRawSync(content, { maxOutputLength: LONGEST_SOURCE });
