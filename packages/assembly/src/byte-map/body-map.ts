import { hexDigits, ifReadable } from '@ijw/binary';
import { codeOf, decodeInstructions, type MethodBody, methodCodes, SingleInstructionText } from '@ijw/il';
import { type Metadata, methodFullName } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import type { MappedField, MappedStructure } from './mapped-structure.ts';

/** The bodies of all methods: header, instructions, exception clauses. Bodies that methods share are given once. */
export function* bodyStructures(image: PEImage, metadata: Metadata): Generator<MappedStructure> {
  const seen = new Set<number>();
  const text = new SingleInstructionText(metadata);
  for (const code of methodCodes(image, metadata)) {
    if (code.kind !== 'il' || seen.has(code.body.fileOffset)) continue;
    const { body, method } = code;
    seen.add(body.fileOffset);
    const name = `body of ${ifReadable(() => methodFullName(metadata, method.token)) ?? '?'}`;
    yield { name, offset: body.fileOffset, size: body.size, fields: () => bodyFields(body, text) };
  }
}

/** ECMA-335 II.25.4.3. */
function headerFields(body: MethodBody): readonly MappedField[] {
  const { fileOffset, format, flags, codeSize, maxStack, localVarSigToken } = body;
  if (format === 'tiny') return [{ name: 'tiny header', offset: fileOffset, size: 1, value: `${codeSize} bytes of code` }];
  return [
    { name: 'flags', offset: fileOffset, size: 2, value: `0x${hexDigits(flags, 3)}` },
    { name: 'maxStack', offset: fileOffset + 2, size: 2, value: String(maxStack) },
    { name: 'codeSize', offset: fileOffset + 4, size: 4, value: String(codeSize) },
    { name: 'localVarSigTok', offset: fileOffset + 8, size: 4, value: `0x${hexDigits(localVarSigToken, 8)}` },
  ];
}

function* bodyFields(body: MethodBody, text: SingleInstructionText): Generator<MappedField> {
  yield* headerFields(body);
  const start = body.fileOffset + body.headerSize;
  for (const instruction of decodeInstructions(codeOf(body))) {
    const { offset, size } = instruction;
    yield { name: `IL_${hexDigits(offset, 4)}`, offset: start + offset, size, value: ifReadable(() => text.of(instruction)) ?? '?' };
  }
  const end = start + body.codeSize;
  const rest = body.fileOffset + body.size - end;
  if (rest > 0) yield { name: 'method data sections', offset: end, size: rest, value: `${body.exceptionClauses.length} exception clauses` };
}
