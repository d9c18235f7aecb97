import { hex } from '@ijw/binary';
import type { Token } from '@ijw/metadata';
import { importedName, type ManagedToNative, type NativeToManaged, readVTableFixups } from '@ijw/vtfixup';
import type { MemberUse, SearchedFile } from './member-use.ts';
import type { SearchedModule } from './searched-module.ts';
import { type ImportPattern, withoutExtension } from './use-subject.ts';

/** Slots that hold the token of a member, and the native code that leads to them: stubs' callers, `.nep` entries, exports, calls through the slot. */
export function* slotUses({ file, meanings }: SearchedModule): Generator<MemberUse> {
  const { image } = file.assembly;
  if (image === undefined || meanings.members.size === 0 || readVTableFixups(image, image.diagnostics).length === 0) return;
  const { boundary } = file.assembly;
  const targets = new Map<number, { readonly token: Token; readonly target: string }>();
  for (const entry of boundary.nativeToManaged) {
    const token = entry.token as Token;
    const target = meanings.members.get(token);
    if (target === undefined) continue;
    targets.set(entry.slot.rva, { token, target });
    for (const { rva, text } of placesOf(entry)) yield { file: file.name, kind: 'slot', in: text, token, rva, target };
  }
  if (targets.size === 0) return;
  for (const { kind, rva, slotRva } of boundary.nativeCallers) {
    const used = targets.get(slotRva);
    if (used !== undefined) yield { file: file.name, kind: 'slot', in: `native code at ${hex(rva)} (${kind})`, ...used, rva };
  }
}

interface NativePlace {
  readonly rva: number;
  readonly text: string;
}

function placesOf({ slot, stubs, nepEntries, calls, exports }: NativeToManaged): readonly NativePlace[] {
  return [
    { rva: slot.rva, text: `slot ${hex(slot.rva)}` },
    ...stubs.map(({ rva }) => ({ rva, text: `stub ${hex(rva)}` })),
    ...nepEntries.map(({ rva }) => ({ rva, text: `.nep entry ${hex(rva)}` })),
    ...calls.map(({ rva }) => ({ rva, text: `native call at ${hex(rva)}` })),
    ...exports.map(({ name, ordinal, rva }) => ({ rva: rva ?? slot.rva, text: `export ${name ?? `#${ordinal}`}` })),
  ];
}

/** P/Invokes that are bound to a function of another module: by name, or by an RVA whose code jumps through the import. */
export function* importUses({ name: file, assembly }: SearchedFile, pattern: ImportPattern): Generator<MemberUse> {
  if (assembly.image === undefined) return;
  for (const call of assembly.boundary.managedToNative) {
    const target = importOf(call);
    if (target === undefined || !isLike(target, pattern)) continue;
    yield { file, kind: 'import', in: call.method, token: call.token, target: `${target.module}!${target.name}` };
  }
}

function importOf({ stub, implMap }: ManagedToNative): ImportPattern | undefined {
  const jump = stub?.target.kind === 'import' ? stub.target.function : undefined;
  if (jump !== undefined) return { module: jump.module, name: importedName(jump) };
  return implMap && { module: implMap.module, name: implMap.name };
}

/** Modules compare without case and extension, functions with case; A and W are what a P/Invoke may leave out. */
const isLike = (found: ImportPattern, { module, name }: ImportPattern): boolean =>
  withoutExtension(found.module) === module && (name === '*' || [name, `${name}A`, `${name}W`].includes(found.name));
