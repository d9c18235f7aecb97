import { hex } from '@ijw/binary';
import type { CaughtException, LoadEvent, LoadStep } from '@ijw/loader';
import { exceptionText } from './exception-text.ts';

type EventOf<S extends LoadStep> = Extract<LoadEvent, { step: S }>;

const token = (value: number): string => hex(value, 8);
const address = (value: number | string): string => (typeof value === 'number' ? hex(value) : value);
const because = (reason: string | undefined): string => (reason === undefined ? '' : ` (${reason})`);
const result = (value: number | undefined): string => (value === undefined ? '' : ` → ${value}`);
const exception = (details: CaughtException | undefined): string => (details === undefined ? '' : `  ${exceptionText(details)}`);

/** A sentence for each step of a load. A new step is a row here. */
const SENTENCES: { readonly [S in LoadStep]: (event: EventOf<S>) => string } = {
  open: ({ file, machine }) => `${file}, ${machine}`,
  state: ({ from, to }) => `${from} → ${to}`,
  map: ({ module, base, size, preferredBase, moved }) =>
    `${module} at ${hex(base)}, ${hex(size)} bytes${moved ? `, wanted ${hex(preferredBase)}` : ''}`,
  mapSection: ({ section, rva, size, rights, note }) =>
    `${section} RVA ${hex(rva)}, ${hex(size)} bytes, ${rights}${note ? `, ${note}` : ''}`,
  relocate: ({ module, delta, count }) => `${module} by ${delta}, ${count} places`,
  bindModule: ({ imports, symbols, resolvedBy }) =>
    `${imports}: ${symbols} symbols, ${resolvedBy === 'none' ? 'each bound to a trap address (no provider)' : `by ${resolvedBy}`}`,
  bindImport: ({ imports, name, iatRva, address: at }) => `${imports}!${name}: slot RVA ${hex(iatRva)} = ${hex(at)}`,
  delayImports: ({ imports, symbols }) => `${imports}: ${symbols} symbols wait for their first call`,
  boundImports: ({ imports }) => `${imports}: the addresses bound at link time are not used`,
  securityCookie: ({ address: at, value }) => `${value} at ${hex(at)}`,
  tls: ({ index, callbacks }) => `index ${index}, ${callbacks.length} callbacks`,
  protectSections: ({ module }) => `${module}: every section has its own rights`,
  callTlsCallback: ({ address: at, reason }) => `${hex(at)} (${reason})`,
  callEntryPoint: ({ address: at, reason, reaches, result: value }) =>
    `${hex(at)} (${reason})${reaches ? `, reaches ${reaches}` : ''}${result(value)}`,
  corDllMain: ({ host, reason }) => `of ${host} (${reason})`,
  corExeMain: ({ host, module }) => `of ${host}, for ${module}`,
  disableThreadLibraryCalls: ({ module }) => module,
  unprotectSlots: ({ record, rva, size, before, after }) => `record ${record}, RVA ${hex(rva)}, ${size} bytes: ${before} → ${after}`,
  bootstrapThunk: ({ rva, token: of, before, thunk }) => `slot RVA ${hex(rva)} of ${token(of)}: ${address(before)} → ${hex(thunk)}`,
  releaseBootstrapThunks: ({ count }) => `${count} thunks`,
  nativeEntryPoint: ({ address: at, reason, result: value }) => `${hex(at)}${because(reason)}${result(value)}`,
  managedEntryPoint: ({ method, reason, result: value }) => `${method}${because(reason)}${result(value)}`,
  startRuntime: ({ runtime, cause }) => `${runtime}: ${cause}`,
  check: ({ rule, passed, reason }) => `${rule}: ${passed ? 'passed' : 'broken'}${reason ? `, ${reason}` : ''}`,
  bindAssembly: ({ assembly, context }) => `${assembly} into ${context}`,
  eagerFixups: () => 'import sections of precompiled code',
  deliverEvents: () => 'profilers and debuggers are told of the module',
  findHost: ({ module, symbol, reads }) => `${module ?? 'no module'}${symbol ? `!${symbol}` : ''}: ${reads}`,
  skipFixups: ({ reason }) => reason,
  collectTokens: ({ records, tokens, expected }) => `stage 1: ${tokens} of ${expected} tokens from ${records} records`,
  resolveToken: ({ token: of, method }) => `stage 2: ${token(of)} is ${method}`,
  loadType: ({ type }) => type,
  makeThunk: ({ token: of, method, kind, address: at, size, appDomain }) =>
    `stage 3: ${kind}, ${size} bytes at ${hex(at)} for ${token(of)} ${method}${appDomain ? ` in ${appDomain}` : ''}`,
  prepareThunk: ({ token: of, method, thunk, target }) => `${hex(thunk)} of ${token(of)} ${method} → ${hex(target)}`,
  patchSlot: ({ rva, before, after, protection }) =>
    `stage 3: slot RVA ${hex(rva)}: ${address(before)} → ${hex(after)}, protection ${protection}`,
  bindPInvoke: ({ method, address: at, via }) => `${method} → ${at === undefined ? 'at its first call' : hex(at)}, ${via}`,
  loaded: ({ assembly, base }) => `${assembly} at ${hex(base)}`,
  alreadyLoaded: ({ assembly, base }) => `${assembly} at ${hex(base)}`,
  activate: ({ cause }) => cause,
  moduleConstructor: ({ token: of, outcome }) => `<Module>::.cctor ${token(of)} ${outcome}`,
  callManaged: ({ method, through }) => `${method} through ${through}`,
  callNative: ({ target, address: at }) => `${target} at ${hex(at)}`,
  unmap: ({ module, base }) => `${module} from ${hex(base)}`,
  refuse: ({ rule, reason, hresult, exception: thrown }) =>
    `${hresult === undefined ? 'unknown code' : hex(hresult, 8)} ${rule}: ${reason}${exception(thrown)}`,
};

/** What happened, without the step's name. */
export const loadEventText = (event: LoadEvent): string => (SENTENCES[event.step] as (event: LoadEvent) => string)(event);
