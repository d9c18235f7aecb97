/**
 * Marks before a whole decorated name and how they are written: C++/CLI's pointers to managed and native entry points as dumpbin does,
 * and the pointer to an imported symbol.
 */
export const markers: Readonly<Record<string, string>> = {
  '__mep@': '[MEP] ',
  '__m2mep@': '[M2MEP] ',
  '__t2m@': '[T2M] ',
  '__unep@': '[UNEP] ',
  __imp_: '__declspec(dllimport) ',
};

/** The marker that `decorated` begins with, if a C++ name follows it. */
export function markerOf(decorated: string): string | undefined {
  if (!decorated.startsWith('__')) return undefined;
  return Object.keys(markers).find((marker) => decorated.startsWith(`${marker}?`));
}
