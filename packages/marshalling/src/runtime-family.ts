/** Whose rules count where they differ: those of .NET Framework, or of .NET Core 3.1 and later. */
export type RuntimeFamily = 'framework' | 'core';
