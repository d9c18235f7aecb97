import { basename } from 'node:path';
import { type Assembly, OBSERVED_RUNTIME, RUNTIME_PROFILES, type RuntimeId } from '@ijw/assembly';
import { hex, lazyList, printable, UsageError } from '@ijw/binary';
import {
  type BoundPInvoke,
  type CallResult,
  callDocument,
  type Host,
  type LoadEvent,
  Loader,
  type LoaderOptions,
  type LoadOutcome,
  type LoadRequest,
  loadDocument,
  type RefusedOutcome,
} from '@ijw/loader';
import type { Architecture } from '@ijw/machine';
import type { ImagePlace } from '@ijw/windows';
import type { CommandContext, OptionValues } from '../command.ts';
import { openAssembly, parseNumber } from '../input.ts';
import { columns, type Row } from '../output/columns.ts';
import { exceptionText } from '../output/exception-text.ts';
import { loadEventText } from '../output/load-event-text.ts';
import { key, table } from '../output/table.ts';
import { moduleProvider, searchOption, searchPath } from '../search-path.ts';

export async function run(context: CommandContext): Promise<number> {
  const assembly = await openAssembly(context);
  const outcome = await loadImage(context, assembly);
  const call = context.options.runtimeconfig === undefined ? undefined : outcome.module?.callFirstSlot();
  for (const event of outcome.events) await context.log('debug', event.step, event);
  if (context.options.json) {
    const diagnostics = assembly.diagnostics.entries;
    const firstCall = call && { firstCall: callDocument(call) };
    context.document({ file: context.file, ...loadDocument(outcome), ...firstCall, diagnostics });
  } else {
    context.write(`${outcomeText(context, outcome)}${call ? `  First call of a slot: ${printable(callText(call))}\n` : ''}\n`);
    for (const text of eventsText(context, outcome.events)) context.write(text);
    for (const text of slotsText(context, outcome, context.options.trace ? undefined : SLOTS_SHOWN)) context.write(text);
    for (const text of pinvokesText(context, outcome)) context.write(text);
  }
  const fails = call !== undefined && !['returned', 'native'].includes(call.kind);
  return outcome.outcome === 'loaded' && !fails ? 0 : 1;
}

export async function loadImage({ io, file, options }: CommandContext, assembly: Assembly): Promise<LoadOutcome> {
  const search = searchOption(options);
  const chosen = chosenRuntime(options, assembly);
  refuseOtherHost(options, chosen);
  const loader = new Loader({
    ...chosen,
    relocate: options.relocate !== false,
    legacyV2Policy: options.legacyV2Policy === true,
    ...(typeof options.runtimeconfig === 'string' && { runtimeConfig: options.runtimeconfig as LoaderOptions['runtimeConfig'] }),
    ...(typeof options.architecture === 'string' && { architecture: options.architecture as Architecture }),
    ...(typeof options.base === 'string' && { base: parseNumber(options.base, '--base') }),
    ...(search.length > 0 && { provider: moduleProvider(await searchPath(io, search)) }),
  });
  return loader.load(assembly, loadRequest(file, options));
}

/** A file inside a bundle is loaded under its own name. */
function loadRequest(operand: string, { entry, from, collectible, nativeFirst }: OptionValues): LoadRequest {
  const inBundle = typeof entry === 'string';
  return {
    path: basename(inBundle ? entry : operand),
    nativeFirst: nativeFirst === true,
    ...(from === 'bytes' ? { from } : inBundle && { from: 'bundle' }),
    ...(collectible === true && { context: { name: 'Collectible', collectible: true } }),
  };
}

/** The runtime of the options, else the runtime that the image was built for if it has the host of the options. */
function chosenRuntime({ host, runtime }: OptionValues, assembly: Assembly): Pick<LoaderOptions, 'host' | 'runtime'> {
  const chosen = (runtime as RuntimeId | undefined) ?? assembly.diagnostics.attempt(() => assembly.target)?.runtime ?? OBSERVED_RUNTIME;
  const own = RUNTIME_PROFILES[chosen].host;
  const wanted = (host as Host | undefined) ?? own;
  return { host: wanted, ...((runtime !== undefined || wanted === own) && { runtime: chosen }) };
}

/** @throws UsageError for an option of the other host */
function refuseOtherHost({ legacyV2Policy }: OptionValues, { host }: Pick<LoaderOptions, 'host'>): void {
  if (legacyV2Policy === true && host === 'core')
    throw new UsageError('--legacy-v2-policy is an option of the framework host, not of the core host');
}

export function outcomeText({ style, file: path }: CommandContext, outcome: LoadOutcome): string {
  const { name } = RUNTIME_PROFILES[outcome.runtime];
  const where = `${outcome.host} host, ${name}, ${outcome.architecture}${outcome.nativeFirst ? ', native first' : ''}`;
  const file = style.bold(printable(path));
  if (outcome.outcome === 'loaded') {
    const { base, size, mapped } = outcome.module;
    const place = mapped ? ` at ${hex(base)}, ${hex(size)} bytes` : ', not mapped by Windows';
    return `${file}  ${style.green('loaded')}${place} (${where})\n`;
  }
  const left = outcome.module?.mapped ? `; the module stays mapped at ${hex(outcome.module.base)}` : '';
  const place = outcome.place === undefined ? '' : ` (${placeText(outcome.place)})`;
  const lines = [`${outcome.rule}: ${outcome.reason}${place}${left}`, ...answerLines(outcome)];
  const code = outcome.hresult === undefined ? 'with a code that is not known' : hex(outcome.hresult, 8);
  return `${file}  ${style.red('refused')} ${code} (${where})\n${lines.map((line) => `  ${printable(line)}\n`).join('')}`;
}

function callText(call: CallResult): string {
  switch (call.kind) {
    case 'returned':
      return `reaches ${call.method}`;
    case 'native':
      return `leaves for ${call.target} at ${hex(call.address)}`;
    case 'threw':
      return exceptionText(call.exception);
    case 'processDied':
      return `the process ends, ${hex(call.hresult, 8)}: ${call.reason}${call.exception ? ` (${exceptionText(call.exception)})` : ''}`;
    case 'accessViolation':
      return `access violation at ${hex(call.address)}: ${call.reason}`;
    case 'noSuchMethod':
      return `${call.method} is not there`;
  }
}

/** The exception that a managed caller catches, or a sentence that it is unknown. */
function answerLines({ runtime, exception, observed }: RefusedOutcome): readonly string[] {
  if (exception) return [exceptionText(exception)];
  if (observed === undefined) return [];
  const { hresult, exception: other } = observed;
  const answer = other ? exceptionText(other) : hex(hresult, 8);
  return [`What ${RUNTIME_PROFILES[runtime].name} answers is not known; ${RUNTIME_PROFILES[observed.runtime].name} answers ${answer}`];
}

/** Steps that occur often: without `--trace` a run of them is one line. */
const REPEATED: ReadonlySet<string> = new Set([
  'mapSection',
  'bindImport',
  'resolveToken',
  'makeThunk',
  'patchSlot',
  'unprotectSlots',
  'bindPInvoke',
  'bootstrapThunk',
  'check',
  'loadType',
]);

export const eventsText = (context: CommandContext, events: readonly LoadEvent[]): Generator<string> =>
  columns(eventRows(context, events), '  ', context.width);

function* eventRows({ style, options }: CommandContext, events: readonly LoadEvent[]): Generator<Row> {
  let number = 0;
  for (const { event, count } of options.trace ? once(events) : condense(events)) {
    const paint = event.step === 'refuse' ? style.red : event.step === 'state' ? style.cyan : style.yellow;
    const more = count > 1 ? `${loadEventText(event)}  … and ${count - 1} more` : loadEventText(event);
    yield [{ text: String(++number), paint: style.dim }, { text: event.step, paint }, { text: more }];
  }
}

interface CountedEvent {
  readonly event: LoadEvent;
  readonly count: number;
}

function* once(events: readonly LoadEvent[]): Generator<CountedEvent> {
  for (const event of events) yield { event, count: 1 };
}

/** One row for each run of repeated steps, counting those that alternate (`makeThunk`, `patchSlot`, `makeThunk` …) by their own kind. */
function condense(events: readonly LoadEvent[]): readonly CountedEvent[] {
  const rows: { event: LoadEvent; count: number }[] = [];
  let run: Map<string, { event: LoadEvent; count: number }> = new Map();
  for (const event of events) {
    if (!REPEATED.has(event.step)) run = new Map();
    const known = run.get(event.step);
    if (known) known.count++;
    else {
      const row = { event, count: 1 };
      rows.push(row);
      if (REPEATED.has(event.step)) run.set(event.step, row);
    }
  }
  return rows;
}

const SLOTS_SHOWN = 16;

/** Slots as the file has them (token, method) and as the load left them; at most `limit` rows. */
export function* slotsText({ style, width }: CommandContext, outcome: LoadOutcome, limit?: number): Generator<string> {
  const slots = outcome.module?.slots ?? [];
  if (slots.length === 0) return;
  const shown = slots.slice(0, limit);
  const head = [key('slot'), 'type', key('token'), 'after', 'thunk', key('method')];
  const rows = lazyList(
    shown,
    ({ rva, type, token, after, content, method }): Row => [
      hex(rva),
      hex(type),
      hex(token, 8),
      { text: hex(after), paint: content.kind === 'raw' ? style.red : style.green },
      content.kind === 'raw' ? 'raw' : `${content.kind}, ${content.size} bytes`,
      method,
    ],
  );
  yield '\n';
  yield* table(head, rows, { style, width });
  if (slots.length > shown.length) yield style.dim(`  … ${slots.length - shown.length} more slots; --trace shows them\n`);
}

/** Whether a call needs a stub, and the reasons for it; `--json` has the steps. */
function stubText(stub: BoundPInvoke['stub']): string {
  if (stub.kind === 'unsupported') return `none: ${stub.reason}`;
  const reasons = [...new Set(stub.causes.map(({ reason }) => reason))];
  return reasons.length === 0 ? 'in line' : reasons.join(', ');
}

function* pinvokesText({ style, options, width }: CommandContext, outcome: LoadOutcome): Generator<string> {
  const pinvokes = outcome.module?.pinvokes ?? [];
  if (pinvokes.length === 0) return;
  if (!options.trace) {
    const bound = pinvokes.filter((pinvoke) => pinvoke.address !== undefined).length;
    yield `\n  ${bound} of ${pinvokes.length} P/Invokes have their address; ${style.dim('--trace shows them')}\n`;
    return;
  }
  const head = ['P/Invoke', 'address', 'stub', 'via'];
  const rows = lazyList(
    pinvokes,
    ({ method, address, via, stub }): Row => [
      method,
      address === undefined ? 'at its first call' : hex(address),
      stubText(stub),
      String(via),
    ],
  );
  yield '\n';
  yield* table(head, rows, { style, width });
}

/** `CLI header, EntryPoint, token 0x06000001`. */
const placeText = ({ file, structure, field, rva, token }: ImagePlace): string =>
  [
    ...(file === undefined ? [] : [file]),
    structure,
    ...(field === undefined || field === file ? [] : [field]),
    ...(rva === undefined ? [] : [`RVA ${hex(rva)}`]),
    ...(token === undefined ? [] : [`token ${hex(token, 8)}`]),
  ].join(', ');
