/** How control leaves an instruction. `stop`: it raises an exception (UD2, BRK). */
export const FLOWS = ['next', 'branch', 'indirectBranch', 'condition', 'call', 'indirectCall', 'return', 'interrupt', 'stop'] as const;
export type InstructionFlow = (typeof FLOWS)[number];
