import { BadImageError } from '@ijw/binary';
import { codeOf, InstructionCursor, MethodBodySource, OpCodes } from '@ijw/il';
import { isTokenOf, makeToken, TableId, tokenRid } from '@ijw/metadata';
import type { AssemblyImage } from '../image/assembly-image.ts';
import { methodFacts, methodKind } from '../image/method-facts.ts';

/** The depth of calls that are searched; deeper code is assumed not to activate. */
const METHOD_LIMIT = 256;

const STATIC_FIELD: ReadonlySet<number> = new Set([OpCodes.ldsfld.index, OpCodes.ldsflda.index, OpCodes.stsfld.index]);
const CALL: ReadonlySet<number> = new Set([OpCodes.call.index, OpCodes.jmp.index]);

/**
 * Whether a method that is entered without a transition activates its assembly by what it does: it uses a static of `<Module>`, which asks for the
 * module constructor, or calls a P/Invoke, in its own code or in what that calls. Every instruction counts, whether it would run or not.
 */
export function codeActivates(assembly: AssemblyImage, method: number): boolean {
  const source = new MethodBodySource(assembly.image);
  const seen = new Set<number>([method]);
  for (const token of seen) {
    if (seen.size > METHOD_LIMIT) return false;
    if (bodyActivates(assembly, source, token, (called) => seen.add(called))) return true;
  }
  return false;
}

function bodyActivates(assembly: AssemblyImage, source: MethodBodySource, token: number, follow: (token: number) => void): boolean {
  const { metadata } = assembly;
  if (!isTokenOf(token, 'MethodDef') || !metadata.tables.MethodDef.has(tokenRid(token))) return false;
  const facts = methodFacts(metadata, tokenRid(token), false);
  if (methodKind(facts) === 'pinvoke') return true;
  if (facts.codeType !== 'il' || facts.rva === 0) return false;
  const body = source.attempt(facts.rva, token);
  if (body instanceof BadImageError) return false;
  const cursor = new InstructionCursor(codeOf(body));
  while (cursor.moveNext()) {
    if (CALL.has(cursor.index)) follow(cursor.uint32);
    else if (STATIC_FIELD.has(cursor.index) && isModuleField(assembly, cursor.uint32)) return true;
  }
  return false;
}

function isModuleField({ metadata }: AssemblyImage, field: number): boolean {
  if (!isTokenOf(field, 'Field') || !metadata.tables.Field.has(tokenRid(field))) return false;
  return metadata.declaringType(field) === makeToken(TableId.TypeDef, 1);
}
