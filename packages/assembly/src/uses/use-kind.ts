import { type OpCodeName, OpCodes, opCodesByIndex } from '@ijw/il';

/**
 * How a member is used. `create`: `newobj`, `newarr`, or an attribute; `address`: its address or its runtime handle is taken; `extend`: a type derives from it;
 * `slot`: native code reaches it through a slot of the vtable fixups; `import`: a P/Invoke that is bound to the function; `reference`: a type is named.
 */
export type UseKind =
  | 'call'
  | 'read'
  | 'write'
  | 'address'
  | 'create'
  | 'override'
  | 'implement'
  | 'extend'
  | 'slot'
  | 'import'
  | 'reference';

export const useKinds: readonly UseKind[] = [
  'call',
  'read',
  'write',
  'address',
  'create',
  'override',
  'implement',
  'extend',
  'slot',
  'import',
  'reference',
];

/** The use of a token's target by each instruction with a token (ECMA-335 III.3 and III.4). `calli` names a signature, which is not a member. */
const INSTRUCTIONS: Readonly<Partial<Record<UseKind, readonly OpCodeName[]>>> = {
  call: ['call', 'callvirt', 'jmp'],
  create: ['newobj', 'newarr'],
  read: ['ldfld', 'ldsfld', 'ldstr'],
  write: ['stfld', 'stsfld'],
  address: ['ldflda', 'ldsflda', 'ldftn', 'ldvirtftn'],
  reference: [
    'ldtoken',
    'castclass',
    'isinst',
    'box',
    'unbox',
    'unbox.any',
    'ldobj',
    'stobj',
    'cpobj',
    'initobj',
    'ldelema',
    'ldelem',
    'stelem',
    'sizeof',
    'mkrefany',
    'refanyval',
    'constrained.',
  ],
};

const kindsByIndex: readonly (UseKind | undefined)[] = (() => {
  const kinds: (UseKind | undefined)[] = Array.from({ length: opCodesByIndex.length });
  for (const kind of useKinds) for (const name of INSTRUCTIONS[kind] ?? []) kinds[OpCodes[name].index] = kind;
  return kinds;
})();

const LDTOKEN = OpCodes.ldtoken.index;

/** The kind of use of an instruction, by the index of its opcode; `undefined` for one that names no member. `ldtoken` takes the handle of a method or field. */
export const instructionUse = (index: number, token: number): UseKind | undefined =>
  index === LDTOKEN && token >>> 24 !== 0x01 && token >>> 24 !== 0x02 && token >>> 24 !== 0x1b ? 'address' : kindsByIndex[index];

/** By the index of an opcode: 1 where it names a member, a type or a string. */
export const usingOpCodes: Uint8Array = Uint8Array.from(kindsByIndex, (kind) => (kind === undefined ? 0 : 1));
