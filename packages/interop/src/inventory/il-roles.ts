import { ifReadable } from '@ijw/binary';
import { OpCodes } from '@ijw/il';
import { isTokenOf, type Metadata, makeToken, TableId, type Token, tokenRid, tokenTable } from '@ijw/metadata';
import type { InteropModule } from './interop-module.ts';

/** The roles of a method for the rules that read IL, as bits, so that one look-up by token serves all of them. */
export const Role = {
  platformInvoke: 1,
  unmanagedCallersOnly: 2,
  getLastError: 4,
  setLastError: 8,
  getFunctionPointer: 16,
  needsRuntimeMarshalling: 32,
  registerComWrappers: 64,
  dynamicBinder: 128,
  keepAlive: 256,
} as const;

const roles = (role: number, ...names: readonly string[]): readonly (readonly [string, number])[] => names.map((name) => [name, role]);

/** Methods of the framework that have a role, by type and name. */
const knownMethods: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map([
  [
    'System.Runtime.InteropServices.Marshal',
    new Map([
      ...roles(Role.getLastError, 'GetLastWin32Error', 'GetLastPInvokeError'),
      ...roles(Role.setLastError, 'SetLastPInvokeError'),
      ...roles(Role.getFunctionPointer, 'GetFunctionPointerForDelegate'),
      ...roles(Role.needsRuntimeMarshalling, 'SizeOf', 'OffsetOf', 'StructureToPtr', 'PtrToStructure', 'DestroyStructure'),
    ]),
  ],
  [
    'System.Runtime.InteropServices.ComWrappers',
    new Map(roles(Role.registerComWrappers, 'RegisterForMarshalling', 'RegisterForTrackerSupport')),
  ],
  [
    'Microsoft.CSharp.RuntimeBinder.Binder',
    new Map([
      ...roles(Role.dynamicBinder, 'BinaryOperation', 'Convert', 'GetIndex', 'GetMember', 'Invoke', 'InvokeConstructor'),
      ...roles(Role.dynamicBinder, 'InvokeMember', 'IsEvent', 'SetIndex', 'SetMember', 'UnaryOperation'),
    ]),
  ],
  ['System.GC', new Map(roles(Role.keepAlive, 'KeepAlive'))],
]);

/** Opcodes that name a method by a token: 1 by opcode index. */
export const namesMethod: Uint8Array = new Uint8Array(0x200);
for (const name of ['call', 'callvirt', 'newobj', 'jmp', 'ldftn', 'ldvirtftn'] as const) namesMethod[OpCodes[name].index] = 1;

/** The roles of every method that IL can name. */
export class MethodRoles {
  readonly #metadata: Metadata;
  readonly #definitions: Uint16Array;
  readonly #references: Uint16Array;

  constructor(module: InteropModule) {
    const { metadata } = module;
    this.#metadata = metadata;
    this.#definitions = new Uint16Array(metadata.tables.MethodDef.rowCount + 1);
    this.#references = new Uint16Array(metadata.tables.MemberRef.rowCount + 1);
    this.#noteReferences(module);
    this.#noteDefinitions(module);
    for (const { kind, token } of module.platformInvokes)
      if (kind !== 'internalCall') this.#definitions[tokenRid(token)]! |= Role.platformInvoke;
    for (const { parent } of module.attributes.all('unmanagedCallersOnly'))
      if (isTokenOf(parent, 'MethodDef') && tokenRid(parent) < this.#definitions.length)
        this.#definitions[tokenRid(parent)]! |= Role.unmanagedCallersOnly;
  }

  /** The roles of a MethodDef, MemberRef or MethodSpec token, as IL names it. */
  of(token: number): number {
    switch (tokenTable(token)) {
      case TableId.MethodDef:
        return this.#definitions[tokenRid(token)] ?? 0;
      case TableId.MemberRef:
        return this.#references[tokenRid(token)] ?? 0;
      case TableId.MethodSpec: {
        const method = this.genericMethod(token);
        return method === undefined ? 0 : this.of(method);
      }
      default:
        return 0;
    }
  }

  /** The MethodDef or MemberRef that a MethodSpec instantiates. */
  genericMethod(token: number): Token | undefined {
    const { MethodSpec } = this.#metadata.tables;
    if (!MethodSpec.has(tokenRid(token))) return undefined;
    const method = MethodSpec.column('Method').tokenOrBad(tokenRid(token));
    return method === -1 || tokenTable(method) === TableId.MethodSpec ? undefined : method;
  }

  #noteReferences(module: InteropModule): void {
    const { MemberRef } = this.#metadata.tables;
    const [parent, name] = [MemberRef.column('Class'), MemberRef.column('Name')];
    const byType = new Map<Token, ReadonlyMap<string, number> | undefined>();
    for (let rid = 1; rid <= MemberRef.rowCount; rid++) {
      const type = parent.tokenOrBad(rid);
      if (type === -1 || tokenTable(type) === TableId.TypeSpec) continue;
      if (!byType.has(type)) byType.set(type, knownMethods.get(module.typeName(type)));
      const known = byType.get(type);
      const role = known && ifReadable(() => known.get(this.#metadata.strings.get(name.at(rid))));
      if (role !== undefined) this.#references[rid] = role;
    }
  }

  /** The core library calls its own Marshal class. */
  #noteDefinitions(module: InteropModule): void {
    const { TypeDef, MethodDef } = this.#metadata.tables;
    const [simpleName, name] = [TypeDef.column('Name'), MethodDef.column('Name')];
    const simple = new Set([...knownMethods.keys()].map((full) => full.slice(full.lastIndexOf('.') + 1)));
    for (let rid = 1; rid <= TypeDef.rowCount; rid++) {
      ifReadable(() => {
        if (!simple.has(this.#metadata.strings.get(simpleName.at(rid)))) return;
        const known = knownMethods.get(module.typeName(makeToken(TableId.TypeDef, rid)));
        if (known === undefined) return;
        for (const method of this.#metadata.methodsOf(rid)) {
          const role = known.get(this.#metadata.strings.get(name.at(method)));
          if (role !== undefined) this.#definitions[method] = role;
        }
      });
    }
  }
}
