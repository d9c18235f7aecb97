import type { Token } from '@ijw/metadata';
import { attempt, type Disassembly, limitation } from './disassembly.ts';

/** ECMA-335 II.20 and the runtime's CorDeclSecurity, by value. */
const ACTIONS = [
  '',
  'request',
  'demand',
  'assert',
  'deny',
  'permitonly',
  'linkcheck',
  'inheritcheck',
  'reqmin',
  'reqopt',
  'reqrefuse',
  'prejitgrant',
  'prejitdeny',
  'noncasdemand',
  'noncaslinkdemand',
  'noncasinheritance',
];

/** `.permissionset` with its bytes: the decoded forms lose what the bytes say. */
export function writeSecurity(disassembly: Disassembly, parent: Token): void {
  const { metadata, namedBy, sink } = disassembly;
  const { DeclSecurity } = metadata.tables;
  if (!namedBy.declSecurity.has(parent)) return;
  for (const rid of metadata.declSecuritiesOf(parent)) {
    attempt(disassembly, 0x0e000000 | rid, () => {
      const value = DeclSecurity.get(rid, 'Action');
      const action = ACTIONS[value];
      if (!action) return limitation(disassembly, 0x0e000000 | rid, `The security action ${value} has no name in IL`);
      sink
        .start()
        .text(`.permissionset ${action} = ( `)
        .hexBytes(metadata.blobs.get(DeclSecurity.get(rid, 'PermissionSet')))
        .text(' )')
        .end();
    });
  }
}
