import { ByteWriter } from '@ijw/binary';
import { PEImage } from '@ijw/pe';
import { CertificateType, readAuthenticodeSignatures, readCertificates, writeCertificates } from '@ijw/pe/certificates';
import { buildSignedImage } from '../../../packages/pe/test/signed-image.ts';
import { checkCommand } from '../command-check.ts';
import { Decisions } from '../decisions.ts';
import { type FuzzReader, tolerant } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';
import { mutateDer } from './der-mutation.ts';
import { imageOf, Placement } from './image-of.ts';

const SIGNED_DATA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const INDIRECT_DATA = [0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04];
const SHA256 = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/** X.690 8.1.3: definite lengths, indefinite ones, and lengths that are not true. */
function writeValue(writer: ByteWriter, tag: number, content: Uint8Array, decisions: Decisions): void {
  const form = decisions.byte();
  writer.u8(tag);
  if (form === 255) writer.u8(0x80).bytes(content).u16(0);
  else {
    const length = form === 254 ? decisions.u32() : content.length;
    if (length < 0x80) writer.u8(length);
    else
      writer
        .u8(0x84)
        .u8(length >>> 24)
        .u8((length >>> 16) & 0xff)
        .u8((length >>> 8) & 0xff)
        .u8(length & 0xff);
    writer.bytes(content);
  }
}

function der(decisions: Decisions, depth: number): Uint8Array {
  const writer = new ByteWriter();
  const kind = decisions.below(depth > 8 ? 4 : 8);
  if (kind === 0) writeValue(writer, 6, Uint8Array.from(decisions.pick([SIGNED_DATA, INDIRECT_DATA, SHA256])), decisions);
  else if (kind === 1) writeValue(writer, 2, decisions.bytes(decisions.byte() & 0x1f), decisions);
  else if (kind === 2) writeValue(writer, 4, decisions.bytes(decisions.byte()), decisions);
  else if (kind === 3) writeValue(writer, decisions.byte(), decisions.bytes(decisions.byte() & 0xf), decisions);
  else if (kind === 4) return nested(decisions, depth);
  else {
    const items = new ByteWriter();
    for (let left = decisions.count(16); left > 0; left--) items.bytes(der(decisions, depth + 1));
    writeValue(writer, decisions.pick([0x30, 0x31, 0xa0, 0xa1, 0x24]), items.toBytes(), decisions);
  }
  return writer.toBytes();
}

/** Values within values, as deep as anybody may go. */
function nested(decisions: Decisions, depth: number): Uint8Array {
  const tag = decisions.pick([0x30, 0x24, 0xa0]);
  const levels = decisions.count(20_000);
  const inner = depth > 8 ? new Uint8Array(0) : der(decisions, depth + 9);
  const writer = new ByteWriter();
  for (let level = levels; level > 0; level--) writer.u8(tag).u8(0x80);
  return writer.bytes(inner).toBytes();
}

/** The start of a PKCS #7 SignedData (RFC 2315 9.1), so that what lies in it is reached. */
function signedData(decisions: Decisions): Uint8Array {
  const content = new ByteWriter();
  writeValue(content, 2, Uint8Array.of(1), decisions);
  for (let left = 4; left > 0; left--) content.bytes(der(decisions, 0));
  const sequence = new ByteWriter();
  writeValue(sequence, 0x30, content.toBytes(), decisions);
  const outer = new ByteWriter();
  writeValue(outer, 6, Uint8Array.from(SIGNED_DATA), decisions);
  writeValue(outer, 0xa0, sequence.toBytes(), decisions);
  const all = new ByteWriter();
  writeValue(all, 0x30, outer.toBytes(), decisions);
  return all.toBytes();
}

/** The bytes of an input are a signature as they are, or say how to make one. */
const AS_IT_IS = 0;
const COMMANDS: readonly [string, ...string[]] = ['headers', 'headers --json', 'info'];

const prefixed = (bytes: Uint8Array, ...first: readonly number[]): Uint8Array => new ByteWriter().bytes(first).bytes(bytes).toBytes();

async function validSignature(): Promise<Uint8Array> {
  const [entry] = readCertificates(PEImage.parse(await buildSignedImage())) ?? [];
  return entry?.bytes ?? new Uint8Array(0);
}

/** Signatures of images: valid ones with some values changed, and trees of values that are like them. */
export const pkcs7Reader: FuzzReader = {
  name: 'pkcs7',
  async seeds() {
    const signature = await validSignature();
    const whole = COMMANDS.map((_, command) => prefixed(signature, AS_IT_IS, command));
    return [...whole, ...[...decisionSeeds(16)].map((seed) => prefixed(seed, 1))];
  },
  async run(input) {
    const decisions = new Decisions(input.subarray(2));
    const made = (): Uint8Array => (decisions.chance() ? signedData(decisions) : der(decisions, 0));
    const bytes = input[0] === AS_IT_IS ? input.subarray(2) : made();
    const certificates = writeCertificates([{ revision: 0x200, type: CertificateType.PKCS_SIGNED_DATA, bytes }]);
    const image = imageOf(new Placement(), { certificates });
    const command = COMMANDS[(input[1] ?? 0) % COMMANDS.length];
    if ((input[1] ?? 0) < 64 && command !== undefined) return checkCommand(command, image);
    await tolerant(() => readAuthenticodeSignatures(PEImage.parse(image)));
    return image.length;
  },
  mutate: (input, random) => {
    const changed = mutateDer(input.slice(2), random);
    return prefixed(changed, input[0] ?? 0, random(256));
  },
};
