import { ByteReader, ByteWriter } from '@ijw/binary';

export interface ResourceMessage {
  readonly id: number;
  readonly text: string;
}

/** MESSAGE_RESOURCE_UNICODE. */
const UNICODE = 1;
const ENTRY_HEADER = 4;

const ansi = new TextDecoder('windows-1252');

const untilNul = (text: string): string => {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
};

function readMessage(reader: ByteReader, id: number): ResourceMessage {
  const length = reader.u16();
  const flags = reader.u16();
  if (length < ENTRY_HEADER) {
    throw reader.error('BAD_MESSAGE', `An entry of ${length} bytes cannot hold its own header`, reader.position - ENTRY_HEADER);
  }
  const size = length - ENTRY_HEADER;
  const text = flags & UNICODE ? reader.utf16(size - (size % 2)) : ansi.decode(reader.view(size));
  if (flags & UNICODE && size % 2 === 1) reader.skip(1);
  return { id, text: untilNul(text) };
}

/** MESSAGE_RESOURCE_DATA of winnt.h: the value of an RT_MESSAGETABLE resource. Throws `BadImageError`. */
export function decodeMessageTable(bytes: Uint8Array, base = 0): ResourceMessage[] {
  const reader = new ByteReader(bytes, { base, reading: 'a message table' });
  const messages: ResourceMessage[] = [];
  const blocks = reader.count(reader.u32(), 12);
  let left = Math.floor(bytes.length / ENTRY_HEADER);
  for (let block = 0; block < blocks; block++) {
    reader.position = 4 + block * 12;
    const low = reader.u32();
    const high = reader.u32();
    reader.position = reader.u32();
    if (high < low) throw reader.error('BAD_MESSAGE_BLOCK', `The block ends at ${high}, before it begins at ${low}`);
    for (let id = low; id <= high; id++) {
      left--;
      if (left < 0) throw reader.error('TOO_MUCH_DATA', 'The blocks of the message table overlap each other');
      messages.push(readMessage(reader, id));
    }
  }
  return messages;
}

/** The twin, in UTF-16: a block for each run of identifiers. */
export function encodeMessageTable(messages: readonly ResourceMessage[]): Uint8Array {
  const sorted = [...messages].sort((first, second) => first.id - second.id);
  const runs: ResourceMessage[][] = [];
  for (const message of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1)!.id + 1 === message.id) run.push(message);
    else runs.push([message]);
  }
  const content = new ByteWriter();
  const writer = new ByteWriter().u32(runs.length);
  const start = 4 + runs.length * 12;
  for (const run of runs) {
    writer
      .u32(run[0]!.id)
      .u32(run.at(-1)!.id)
      .u32(start + content.length);
    for (const { text } of run) {
      const padding = (text.length + 1) % 2;
      content.u16(ENTRY_HEADER + (text.length + 1 + padding) * 2).u16(UNICODE);
      content.utf16(text).fill((1 + padding) * 2);
    }
  }
  return writer.bytes(content.toBytes()).toBytes();
}
