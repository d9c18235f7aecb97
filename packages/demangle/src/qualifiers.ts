import type { DecoratedType, Qualifiers } from './tree.ts';

export const noQualifiers: Qualifiers = { const: false, volatile: false, restrict: false, unaligned: false, pointer64: false };

export function mergeQualifiers(left: Qualifiers, right: Qualifiers): Qualifiers {
  if (left === noQualifiers) return right;
  if (right === noQualifiers) return left;
  const based = left.based ?? right.based;
  return {
    const: left.const || right.const,
    volatile: left.volatile || right.volatile,
    restrict: left.restrict || right.restrict,
    unaligned: left.unaligned || right.unaligned,
    pointer64: left.pointer64 || right.pointer64,
    ...(based && { based }),
  };
}

/** The same type, qualified further. Types are shared by back references, so a new node is made. */
export function qualified(type: DecoratedType, qualifiers: Qualifiers): DecoratedType {
  return qualifiers === noQualifiers ? type : { ...type, qualifiers: mergeQualifiers(type.qualifiers, qualifiers) };
}
