import { Metadata, typeText } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { TokenText } from '@ijw/metadata/canonical';
import { decodeMethodSignature, typeNodes } from '@ijw/metadata/signatures';
import { Decisions } from '../decisions.ts';
import { type FuzzReader, tolerant } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { fieldSignature, methodSignature, typeSignature } from './signature-bytes.ts';

/** Signatures by the grammar, the TypeSpecs that they name among them, decoded and printed. */
export const signaturesReader: FuzzReader = {
  name: 'signatures',
  seeds: () => decisionSeeds(64),
  async run(input) {
    const decisions = new Decisions(input);
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
  },
};
