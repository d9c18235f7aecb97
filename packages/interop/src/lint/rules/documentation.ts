/** Where rules are documented. */
export const analyzer = (rule: string): string =>
  `https://learn.microsoft.com/dotnet/fundamentals/code-analysis/quality-rules/${rule.toLowerCase()}`;

/** Rules of the older analysis of binaries that the compiler platform's analyzers did not take over. */
export const legacyAnalyzer = (rule: string): string => `https://learn.microsoft.com/visualstudio/code-quality/${rule.toLowerCase()}`;

export const trimWarning = (rule: string): string =>
  `https://learn.microsoft.com/dotnet/core/deploying/trimming/trim-warnings/${rule.toLowerCase()}`;

export const ECMA_335 = 'https://ecma-international.org/publications-and-standards/standards/ecma-335/';
export const GENERATED_INTEROP = 'https://learn.microsoft.com/dotnet/fundamentals/syslib-diagnostics/syslib1050-1069';
export const PLATFORM_INVOKE = 'https://learn.microsoft.com/dotnet/standard/native-interop/pinvoke';
export const BEST_PRACTICES = 'https://learn.microsoft.com/dotnet/standard/native-interop/best-practices';
export const FUNCTION_POINTERS = 'https://learn.microsoft.com/dotnet/csharp/language-reference/proposals/csharp-9.0/function-pointers';
export const UNMANAGED_CALLERS_ONLY = 'https://learn.microsoft.com/dotnet/api/system.runtime.interopservices.unmanagedcallersonlyattribute';
export const SUPPRESS_GC_TRANSITION = 'https://learn.microsoft.com/dotnet/api/system.runtime.interopservices.suppressgctransitionattribute';
export const DYNAMIC_CASTABLE = 'https://learn.microsoft.com/dotnet/api/system.runtime.interopservices.idynamicinterfacecastable';
export const LOADER_LOCK = 'https://learn.microsoft.com/cpp/dotnet/initialization-of-mixed-assemblies';
export const TINYCLR = 'https://docs.ghielectronics.com/software/tinyclr/native/intro.html';
export const LEANCLR = 'https://github.com/focus-creative-games/leanclr';
