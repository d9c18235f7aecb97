import { BadImageError } from '@ijw/binary';
import type { Metadata } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { InstructionCursor } from '../body/instruction-cursor.ts';
import { MethodBodySource, type MethodWithCode, methodCodeReader } from '../body/method-body-source.ts';

/** Goes through all IL of an image with one cursor. `visit` is called at each instruction. Bodies that cannot be read are passed over. */
export function scanInstructions(
  image: PEImage,
  metadata: Metadata,
  visit: (cursor: InstructionCursor, method: MethodWithCode) => void,
): void {
  const cursor = new InstructionCursor(new Uint8Array(0));
  const source = new MethodBodySource(image);
  const methodAt = methodCodeReader(metadata);
  const { rowCount } = metadata.tables.MethodDef;
  for (let rid = 1; rid <= rowCount; rid++) {
    const method = methodAt(rid);
    if (!method?.isIL) continue;
    const body = source.attempt(method.rva, method.token);
    if (body instanceof BadImageError) continue;
    cursor.reset(body.bytes, body.codeStart, body.codeEnd);
    while (cursor.moveNext()) visit(cursor, method);
  }
}
