import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { hexBytes, ifReadable, printable } from '@ijw/binary';
import type { SourceText } from '@ijw/il';
import { documentHashAlgorithms, type PortablePdb, type SequencePoint } from '@ijw/metadata/pdb';
import type { Io } from './io.ts';

/** The most lines that are shown of one statement; a PDB may claim that a statement spans a whole file. */
const MOST_LINES = 40;
/** The size limit in bytes of a source, inflated or read from a file. */
const LONGEST_SOURCE = 0x1000000;
const NO_BYTES = new Uint8Array(0);

/**
 * Source lines by a portable PDB. Their text is what the PDB embeds, or a file under one of the folders whose path ends as the document's does and whose
 * checksum is the PDB's: the name in a PDB is never opened as it stands, it may be that of any file or device.
 */
export function sourceText(pdb: PortablePdb, io: Io, folders: readonly string[]): SourceText {
  const documents = new SourceDocuments(pdb, io, folders);
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
  return [` ${name}:${point.startLine}`, ...lines.slice(point.startLine - 1, last).map(printable)];
}

interface Source {
  readonly name: string;
  readonly lines: readonly string[];
}

/** The sources of a PDB. One is kept: the methods of a document follow each other. */
class SourceDocuments {
  readonly #pdb: PortablePdb;
  readonly #io: Io;
  readonly #folders: readonly string[];
  #known: (Source & { readonly rid: number }) | undefined;

  constructor(pdb: PortablePdb, io: Io, folders: readonly string[]) {
    this.#pdb = pdb;
    this.#io = io;
    this.#folders = folders;
  }

  at(rid: number): Source {
    if (this.#known?.rid !== rid) {
      const name = ifReadable(() => this.#pdb.document(rid).name) ?? `document ${rid}`;
      this.#known = {
        rid,
        name: printable(name),
        lines: this.#text(rid, name).split(/\r\n|[\r\n\u0085\u2028\u2029]/),
      };
    }
    return this.#known;
  }

  /** The longest path that ends as the document's does, in one of the folders; empty where no file has the checksum. */
  #file(rid: number, name: string): Uint8Array {
    const document = ifReadable(() => this.#pdb.document(rid));
    const algorithm = HASHES[documentHashAlgorithms[document?.hashAlgorithm ?? ''] ?? ''];
    const parts = pathParts(name);
    if (document === undefined || algorithm === undefined || parts === undefined) return NO_BYTES;
    const hash = hexBytes(document.hash);
    for (const folder of this.#folders)
      for (let first = 0; first < parts.length; first++) {
        const path = `${folder}/${parts.slice(first).join('/')}`;
        if (!this.#io.isFile(path)) continue;
        const bytes = this.#io.readFile(path, { limit: LONGEST_SOURCE });
        if (createHash(algorithm).update(bytes).digest('hex') === hash) return bytes;
      }
    return NO_BYTES;
  }

  #text(rid: number, name: string): string {
    const embedded = ifReadable(() => this.#pdb.embeddedSource(rid));
    try {
      const decoder = new TextDecoder();
      if (embedded !== undefined) return decoder.decode(embedded.deflated ? inflated(embedded.content) : embedded.content);
      return decoder.decode(this.#file(rid, name));
    } catch {
      // The text is optional: the output has the place also without it.
      return '';
    }
  }
}

/** The parts of a path of any system; `undefined` where one of them leads elsewhere or names a device of Windows. */
function pathParts(name: string): readonly string[] | undefined {
  const parts = name.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  const [first, ...rest] = parts;
  const relative = first !== undefined && /^[A-Za-z]:$/.test(first) ? rest : parts;
  const plain = relative.every((part) => part !== '..' && !/[:\0]/.test(part) && !DEVICES.test(part));
  return plain && relative.length > 0 && relative.length <= MOST_PARTS ? relative : undefined;
}

const MOST_PARTS = 64;
/** Names that Windows takes for devices in every folder, with any extension. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

const HASHES: Readonly<Record<string, string>> = { 'SHA-1': 'sha1', 'SHA-256': 'sha256' };

const inflated = (content: Uint8Array): Uint8Array => inflateRawSync(content, { maxOutputLength: LONGEST_SOURCE });
