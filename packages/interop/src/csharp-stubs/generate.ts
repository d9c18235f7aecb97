import { UnsupportedError } from '@ijw/binary';
import { fileName, type GeneratedFile, LongFile } from '../generated/generated-file.ts';
import type { StubEntry, StubRefusal, StubSet } from '../generated/stub-set.ts';
import { UniqueNames } from '../generated/unique-names.ts';
import { delegatesOf, type NativeBoundary, structsOf } from '../shape/native-boundary.ts';
import { csIdentifier } from './cs-type.ts';
import { delegateText } from './delegate-text.ts';
import { checkIncoming, incomingText } from './incoming.ts';
import { checkOutgoing, outgoingText } from './outgoing.ts';
import { structText } from './struct-text.ts';
import { StubClass } from './stub-class.ts';

const OWN_NAMES = ['NativeMethods', 'ManagedEntries', 'ToAnsi', 'FromAnsi', 'ToDecimal', 'FromDecimal'];

/** The border of an image in C#, without C++/CLI: structures, calls out, calls in. Every signature that native code sees is blittable. */
export function csharpStubs(boundary: NativeBoundary): StubSet {
  const { crossings, module } = boundary;
  if (crossings.length + boundary.refused.length === 0)
    throw new UnsupportedError(`${module} calls no native code and none calls it, so there is nothing to generate`);
  const refusals: StubRefusal[] = [...boundary.refused];
  const entries: StubEntry[] = [];
  const classes = {
    managedToNative: new StubClass({
      name: 'NativeMethods',
      summary: 'What managed code calls.',
      check: checkOutgoing,
      write: outgoingText,
    }),
    nativeToManaged: new StubClass({
      name: 'ManagedEntries',
      summary: 'What native code calls.',
      check: checkIncoming,
      write: incomingText,
    }),
  };
  const reserved = new Set([...OWN_NAMES, ...structsOf(crossings).map(({ name }) => name)]);
  const names = new UniqueNames(reserved, ['_Native', '_Function', '_Body']);
  crossings.forEach((crossing, index) => {
    const name = csIdentifier(names.take(csIdentifier(crossing.name).replace('@', '')));
    try {
      classes[crossing.direction].add(crossing, name);
      entries.push({ index, token: crossing.token, symbol: name.replace('@', '') });
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      refusals.push({ token: crossing.token, method: crossing.method, reason: error.message });
    }
  });
  const written = [...classes.managedToNative.crossings(), ...classes.nativeToManaged.crossings()];
  const delegates = delegatesOf(written);
  const structs = structsOf(written).filter(({ fields }) => fields !== undefined);
  const files = [
    file(module, classes.managedToNative.name, () => classes.managedToNative.text(refusals)),
    ...(classes.nativeToManaged.isEmpty ? [] : [file(module, classes.nativeToManaged.name, () => classes.nativeToManaged.text([]))]),
    ...(structs.length === 0
      ? []
      : [file(module, 'Structures', () => [structs.map((struct) => structText(struct, boundary.pointerSize)).join('\n')])]),
    ...(delegates.length === 0 ? [] : [file(module, 'Delegates', () => [delegates.map(delegateText).join('\n')])]),
  ];
  return { files, entries, refusals };
}

/** `Nullable` is off, as in the metadata that the signatures come from. */
const file = (module: string, part: string, text: () => Iterable<string>): GeneratedFile =>
  new LongFile(fileName(`${module}.${part}`, '.cs'), function* () {
    yield `// For a project with <AllowUnsafeBlocks>true</AllowUnsafeBlocks>.
#nullable disable
#pragma warning disable CS0649, CS8981
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ${csIdentifier(module)}_Interop;

`;
    yield* text();
  });
