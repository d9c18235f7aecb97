import { ByteWriter } from '@ijw/binary';
import { Metadata, typeText } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { TokenText } from '@ijw/metadata/canonical';
import { decodeMethodSignature, typeNodes } from '@ijw/metadata/signatures';
import { checkCommand } from '../command-check.ts';
import { COMMANDS } from '../commands.ts';
import { Decisions } from '../decisions.ts';
import { type FuzzReader, tolerant } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { addCliHeader, imageOf, Placement } from './image-of.ts';
import { fieldSignature, methodSignature, typeSignature } from './signature-bytes.ts';

const CODE = Uint8Array.of(0x06, 0x2a);

/** An image whose methods, fields, properties and references have these signatures, in every part that a signature is read for. */
function imageWith(decisions: Decisions): Uint8Array {
  const builder = new MetadataBuilder();
  const placement = new Placement();
  const rva = placement.add(CODE);
  const signature = (): Uint8Array => methodSignature(decisions);
  builder.add('Module', { Name: 'm' });
  builder.add('Assembly', { Name: 'm' });
  builder.add('ModuleRef', { Name: 'k.dll' });
  const interop = builder.add('TypeRef', { Name: 'ValueType', Namespace: 'System' });
  builder.add('TypeDef', { Name: '<Module>' });
  builder.add('TypeDef', { Name: 'T', Flags: 0x109, Extends: interop });
  for (let rid = decisions.count(16); rid > 0; rid--) builder.add('TypeSpec', { Signature: typeSignature(decisions) });
  builder.add('MethodDef', { Name: 'IL', RVA: rva, Flags: 0x16, Signature: signature() });
  builder.add('MethodDef', { Name: 'Called', ImplFlags: 0x1000, Flags: 0x16, Signature: signature() });
  const invoked = builder.add('MethodDef', { Name: 'Invoked', Flags: 0x2016, Signature: signature() });
  builder.add('MethodDef', { Name: 'Native', RVA: rva, ImplFlags: 5, Flags: 0x2016, Signature: signature() });
  builder.add('ImplMap', { MappingFlags: 0x100, MemberForwarded: invoked, ImportName: 'f', ImportScope: 1 });
  builder.add('Field', { Name: 'f', Flags: 6, Signature: fieldSignature(decisions) });
  builder.add('MemberRef', { Class: interop, Name: 'r', Signature: decisions.chance() ? signature() : fieldSignature(decisions) });
  builder.add('StandAloneSig', { Signature: signature() });
  const slot = placement.add(Uint8Array.of(2, 0, 0, 6, 0, 0, 0, 0));
  const record = placement.add(new ByteWriter().u32(slot).u16(1).u16(5).toBytes());
  const cliHeader = addCliHeader(placement, builder.build(), { flags: 0x10, vtableFixups: [record, 8] });
  return imageOf(placement, { directories: { cliHeader } });
}

/** How many commands read an image. */
const AT_ONCE = 4;

/** The image is small, and each part of a signature is of interest to few of the commands. */
async function checkCommands(first: number, image: Uint8Array): Promise<number> {
  for (let index = 0; index < AT_ONCE; index++)
    await checkCommand(COMMANDS[(first * AT_ONCE + index) % COMMANDS.length] ?? COMMANDS[0], image);
  return AT_ONCE * image.length;
}

/** Signatures by the grammar, the TypeSpecs that they name among them, decoded and printed. */
export const signaturesReader: FuzzReader = {
  name: 'signatures',
  seeds: () => decisionSeeds(64),
  async run(input) {
    const decisions = new Decisions(input);
    const first = decisions.byte();
    if (decisions.byte() < 224) return checkCommands(first, imageWith(decisions));
    const builder = new MetadataBuilder();
    builder.add('Module', { Name: 'm' });
    for (let rid = decisions.count(16); rid > 0; rid--) builder.add('TypeSpec', { Signature: typeSignature(decisions) });
    const signatures = [methodSignature(decisions), fieldSignature(decisions), decisions.bytes(64)];
    const offsets = signatures.map((signature) => builder.blobs.add(signature));
    const metadata = Metadata.parse(builder.build());
    const text = new TokenText(metadata);
    for (const offset of offsets) {
      await tolerant(() => text.signatures.any(offset));
      await tolerant(() => typeText(metadata, decodeMethodSignature(metadata.blobs.reader(offset, 'a signature'), typeNodes).returnType));
    }
    return metadata.bytes.length;
  },
};
