import { ByteWriter } from '@ijw/binary';
import type { Random } from '../random.ts';

/** X.690 8.1: a value, with its content as bytes or as the values in it. */
interface DerValue {
  tag: number;
  content: Uint8Array | DerValue[];
}

const MOST_VALUES = 2000;
const CONSTRUCTED = 0x20;

/** The values of some bytes, with definite lengths; `undefined` where they are not DER. */
function parse(bytes: Uint8Array): DerValue[] | undefined {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    let length = bytes[at + 1] ?? 0;
    let start = at + 2;
    if (length >= 0x80) {
      const digits = length & 0x7f;
      length = bytes.subarray(start, start + digits).reduce((value, digit) => value * 256 + digit, 0);
      start += digits;
    }
    if (start + length > bytes.length || values.length > MOST_VALUES) return undefined;
    const content = bytes.slice(start, start + length);
    values.push({ tag, content: (tag & CONSTRUCTED && parse(content)) || content });
    at = start + length;
  }
  return values;
}

function write(values: readonly DerValue[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { tag, content } of values) {
    const bytes = content instanceof Uint8Array ? content : write(content);
    writer.u8(tag);
    if (bytes.length < 0x80) writer.u8(bytes.length);
    else
      writer
        .u8(0x83)
        .u8(bytes.length >> 16)
        .u16(((bytes.length & 0xff) << 8) | ((bytes.length >> 8) & 0xff));
    writer.bytes(bytes);
  }
  return writer.toBytes();
}

/** Every list of values in the tree, so that its members can be changed in place. */
function lists(values: DerValue[], found: DerValue[][] = []): DerValue[][] {
  if (values.length > 0) found.push(values);
  for (const { content } of values) if (!(content instanceof Uint8Array) && found.length < MOST_VALUES) lists(content, found);
  return found;
}

const TAGS = [0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x17, 0x18, 0x30, 0x31, 0xa0, 0xa1, 0x80, 0x24, 0x1f, 0] as const;

const nested = (value: DerValue, depth: number): DerValue => {
  let inner = value;
  for (let left = depth; left > 0; left--) inner = { tag: 0x30, content: [inner] };
  return inner;
};

const MUTATIONS: readonly ((list: DerValue[], at: number, other: DerValue, random: Random) => void)[] = [
  (list, at) => void list.splice(at, 1),
  (list, at, _, random) => {
    const [value] = list.slice(at, at + 1);
    // What has values in it may be repeated again: the product of both is made.
    const most = value?.content instanceof Uint8Array ? 1000 : 30;
    for (let left = [1, 4, most][random(3)] ?? 1; left > 0 && value !== undefined; left--) list.splice(at, 0, value);
  },
  (list, at, other) => void list.splice(at, 1, other),
  (list, at, _, random) => {
    const value = list[at];
    if (value !== undefined) value.tag = TAGS[random(TAGS.length)] ?? 0;
  },
  (list, at, _, random) => {
    const value = list[at];
    if (value !== undefined) value.content = new Uint8Array([0, 1, 3, 300][random(4)] ?? 0).fill(random(256));
  },
  (list, at, _, random) => {
    const value = list[at];
    if (value !== undefined) list[at] = nested(value, [1, 10, 300][random(3)] ?? 1);
  },
  (list, at, _, random) => {
    const content = list[at]?.content;
    if (content instanceof Uint8Array && content.length > 0) content[random(content.length)] = random(256);
  },
];

/** Changes values of DER where they are, with lengths that stay right; bytes that are not DER stay as they are. */
export function mutateDer(bytes: Uint8Array, random: Random): Uint8Array {
  const values = parse(bytes);
  if (values === undefined || values.length === 0) return bytes;
  for (let left = 1 + random(3); left > 0; left--) {
    const all = lists(values);
    const list = all[random(all.length)];
    const others = all[random(all.length)];
    if (list === undefined || others === undefined) break;
    const other = structuredClone(others[random(others.length)] ?? { tag: 5, content: new Uint8Array(0) });
    MUTATIONS[random(MUTATIONS.length)]?.(list, random(list.length), other, random);
  }
  return write(values);
}
