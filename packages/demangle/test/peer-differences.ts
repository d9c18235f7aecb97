/** Why a peer's text for a name may differ from ours. Each reason is checked to be still needed. */
export interface PeerDifference {
  readonly peer: 'llvm-undname' | 'gecko-profiler-demangle';
  readonly reason: string;
  readonly applies: (decorated: string, theirs: string) => boolean;
}

export const peerDifferences: readonly PeerDifference[] = [
  {
    peer: 'llvm-undname',
    reason: 'takes the namespaces of a name in metadata for the beginning of an identifier',
    applies: (decorated) => /^(?:\w+\.)*\?A0x[0-9a-f]+\./.test(decorated),
  },
  {
    peer: 'llvm-undname',
    reason: 'ignores the type after a string literal in metadata, and takes the missing terminator for missing text',
    applies: (decorated) => /^\?\?_C@.*\$\$B/.test(decorated),
  },
  {
    peer: 'gecko-profiler-demangle',
    reason: 'takes the namespaces of a name in metadata for the beginning of an identifier',
    applies: (decorated) => /^(?:\w+\.)*\?A0x[0-9a-f]+\./.test(decorated),
  },
  {
    peer: 'gecko-profiler-demangle',
    reason: 'does not know the forms of C++/CLI: takes the name for a C one and strips its underscore',
    applies: (decorated, theirs) => decorated === `_${theirs}`,
  },
  {
    peer: 'gecko-profiler-demangle',
    reason: 'leaves no space between a digit and `const`',
    applies: (_, theirs) => /\d(?:const|volatile)/.test(theirs),
  },
  {
    peer: 'gecko-profiler-demangle',
    reason: 'closes the brace after the bases of a table twice, and opens it where there are none',
    applies: (_, theirs) => theirs.endsWith("'}}"),
  },
  {
    peer: 'gecko-profiler-demangle',
    reason: 'leaves the end of a function pointer that is returned, or of a variable, without its beginning',
    applies: (_, theirs) => unbalanced(theirs),
  },
];

function unbalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    else if (character === ')') depth--;
    if (depth < 0) return true;
  }
  return depth !== 0;
}
