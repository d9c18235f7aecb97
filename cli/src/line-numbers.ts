import { BadImageError } from '@ijw/binary';
import type { LineDocument, LineNumbers, LinePoint } from '@ijw/il';
import type { PortablePdb, SequencePoint } from '@ijw/metadata/pdb';

/** Line numbers by a portable PDB, for `.line` directives. What of it cannot be read is left out. */
export function lineNumbers(pdb: PortablePdb): LineNumbers {
  const documents = new Map<number, LineDocument>();
  const document = (rid: number): LineDocument => {
    let known = documents.get(rid);
    if (known === undefined) {
      const { name, language } = pdb.document(rid);
      known = { name, language };
      documents.set(rid, known);
    }
    return known;
  };
  return {
    pointsOf(methodToken) {
      try {
        return pdb.sequencePoints(methodToken & 0xffffff)?.points.map((point) => linePoint(point, document));
      } catch (error) {
        if (error instanceof BadImageError) return undefined;
        throw error;
      }
    },
  };
}

function linePoint(point: SequencePoint, document: (rid: number) => LineDocument): LinePoint {
  if (point.kind === 'hidden') return { kind: 'hidden', offset: point.offset };
  return { ...point, document: document(point.document) };
}
