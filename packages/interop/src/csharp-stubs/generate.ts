import { UnsupportedError } from '@ijw/binary';
import { fileName, type GeneratedFile } from '../generated/generated-file.ts';
import type { StubEntry, StubRefusal, StubSet } from '../generated/stub-set.ts';
import { UniqueNames } from '../generated/unique-names.ts';
import { delegatesOf, type NativeBoundary, type NativeCrossing, structsOf } from '../shape/native-boundary.ts';
import { csIdentifier, indent, remark } from './cs-type.ts';
import { delegateText } from './delegate-text.ts';
import { incomingText } from './incoming.ts';
import { outgoingText } from './outgoing.ts';
import { structText } from './struct-text.ts';
import { ANSI_HELPERS } from './text-conversion.ts';
import { DECIMAL_HELPERS } from './value-text.ts';

const OWN_NAMES = ['NativeMethods', 'ManagedEntries', 'ToAnsi', 'FromAnsi', 'ToDecimal', 'FromDecimal'];

/** The border of an image in C#, without C++/CLI: structures, calls out, calls in. Every signature that native code sees is blittable. */
export function csharpStubs(boundary: NativeBoundary): StubSet {
  const { crossings, module } = boundary;
  if (crossings.length + boundary.refused.length === 0)
    throw new UnsupportedError(`${module} calls no native code and none calls it, so there is nothing to generate`);
  const refusals: StubRefusal[] = [...boundary.refused];
  const entries: StubEntry[] = [];
  const written: NativeCrossing[] = [];
  const bodies = { managedToNative: [] as string[], nativeToManaged: [] as string[] };
  const names = new UniqueNames(new Set([...OWN_NAMES, ...structsOf(crossings).map(({ name }) => name)]));
  crossings.forEach((crossing, index) => {
    const name = csIdentifier(names.take(csIdentifier(crossing.name).replace('@', ''), ['_Native', '_Function', '_Body']));
    try {
      const write = crossing.direction === 'managedToNative' ? outgoingText : incomingText;
      bodies[crossing.direction].push(indent(write(crossing, name)).join('\n'));
      entries.push({ index, token: crossing.token, symbol: name.replace('@', '') });
      written.push(crossing);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      refusals.push({ token: crossing.token, method: crossing.method, reason: error.message });
    }
  });
  const notPortable = refusals.map(({ method, reason }) => `// not portable: ${remark(method)}: ${remark(reason)}\n`).join('');
  const delegates = delegatesOf(written);
  const structs = structsOf(written).filter(({ fields }) => fields !== undefined);
  const files: GeneratedFile[] = [
    classFile({ module, name: 'NativeMethods', summary: 'What managed code calls.', bodies: bodies.managedToNative, tail: notPortable }),
    ...(bodies.nativeToManaged.length === 0
      ? []
      : [classFile({ module, name: 'ManagedEntries', summary: 'What native code calls.', bodies: bodies.nativeToManaged, tail: '' })]),
    ...(structs.length === 0
      ? []
      : [file(module, 'Structures', structs.map((struct) => structText(struct, boundary.pointerSize)).join('\n'))]),
    ...(delegates.length === 0 ? [] : [file(module, 'Delegates', delegates.map(delegateText).join('\n'))]),
  ];
  return { files, entries, refusals };
}

interface ClassParts {
  readonly module: string;
  readonly name: string;
  readonly summary: string;
  readonly bodies: readonly string[];
  /** What follows the class. */
  readonly tail: string;
}

function classFile({ module, name, summary, bodies, tail }: ClassParts): GeneratedFile {
  const body = bodies.join('\n\n');
  const helpers = [
    /\b(?:ToAnsi|FromAnsi)\(/.test(body) ? ANSI_HELPERS : '',
    /\b(?:ToDecimal|FromDecimal)\(/.test(body) ? DECIMAL_HELPERS : '',
  ].join('');
  return file(
    module,
    name,
    `/// <summary>${summary}</summary>\npublic static unsafe partial class ${name}\n{\n${body}\n${helpers}}\n${tail}`,
  );
}

/** `Nullable` is off, as in the metadata that the signatures come from. */
const file = (module: string, part: string, text: string): GeneratedFile => ({
  path: fileName(`${module}.${part}`, '.cs'),
  text: `// For a project with <AllowUnsafeBlocks>true</AllowUnsafeBlocks>.
#nullable disable
#pragma warning disable CS0649, CS8981
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ${csIdentifier(module)}_Interop;

${text}`,
});
