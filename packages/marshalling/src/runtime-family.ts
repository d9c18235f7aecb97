/** The runtime whose rules apply: .NET Framework, or .NET Core 3.1 and later. */
export type RuntimeFamily = 'framework' | 'core';
