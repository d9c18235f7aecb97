/** Types that the runtime aligns more strictly than their fields ask for (src/coreclr/vm/methodtablebuilder.cpp, `CheckForSystemTypes`), on x64. */
export const intrinsicAlignments: Readonly<Record<string, number>> = {
  'System.Int128': 16,
  'System.UInt128': 16,
  'System.Runtime.Intrinsics.Vector128`1': 16,
  'System.Runtime.Intrinsics.Vector256`1': 32,
  'System.Runtime.Intrinsics.Vector512`1': 64,
};
