/** Times of the reference implementations, measured by `../shared/oracles` in the same run. */
import { execFileSync } from 'node:child_process';
import { missingPeer, ORACLE } from '../tools/peers.ts';
import { type Measured, report } from './measure.ts';

export type PeerTask = 'open' | 'scan' | 'il';
export type Peer = 'srm' | 'srmstr' | 'cecil';

/** Lets a peer do the same on the same file and prints the ratio of the warm times; says so when the peer is missing. */
export function comparePeer(ours: Measured<unknown>, task: PeerTask, peer: Peer, path: string, repeats: number): void {
  const missing = missingPeer(ORACLE);
  if (missing !== undefined) {
    console.log(`  nothing to compare with: ${missing}`);
    return;
  }
  const output = execFileSync('dotnet', [ORACLE, 'bench', task, peer, path, String(repeats)], { encoding: 'utf8' });
  const { first_ms: first, warm_ms: warm, result } = JSON.parse(output) as { first_ms: number; warm_ms: number; result: string };
  report(peer, { first, warm, result });
  console.log(`  ijw takes ${(ours.warm / warm).toFixed(2)} of the time of ${peer}, warm`);
}
