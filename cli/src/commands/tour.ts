import type { InfoDocument } from '@ijw/assembly';
import type { LoadEvent, LoadOutcome } from '@ijw/loader';
import type { Boundary } from '@ijw/vtfixup';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import { managedToNativeText, nativeToManagedText } from './boundary.ts';
import { describe, infoText } from './info.ts';
import { eventsText, loadImage, outcomeText, slotsText } from './load.ts';

/** Rows of each table that fit on two screens. */
const ROWS = 8;
const SLOTS = 8;

/** The main steps of a load; `--trace` shows the others. */
const STORY: ReadonlySet<LoadEvent['step']> = new Set([
  'map',
  'relocate',
  'bindModule',
  'tls',
  'callEntryPoint',
  'corDllMain',
  'bootstrapThunk',
  'nativeEntryPoint',
  'startRuntime',
  'bindAssembly',
  'findHost',
  'collectTokens',
  'makeThunk',
  'patchSlot',
  'bindPInvoke',
  'moduleConstructor',
  'loaded',
  'refuse',
]);

/** What a mixed-mode file is, where its two halves meet, and how the CLR loads it. */
export async function run(context: CommandContext): Promise<number> {
  const { file } = context;
  const assembly = await openAssembly(context);
  const description = describe(context, assembly.file, file);
  const outcome = await loadImage(context, assembly);
  if (context.options.json) context.document({ ...description, ...tourDocument(outcome) });
  else for (const text of tourText(context, description, assembly.boundary, outcome)) context.write(text);
  return outcome.outcome === 'loaded' ? 0 : 1;
}

const tourDocument = ({ outcome, hresult, host, runtime, architecture }: LoadOutcome): object => ({
  outcome,
  hresult,
  load: { host, runtime, architecture },
});

function* tourText(context: CommandContext, description: InfoDocument, boundary: Boundary, outcome: LoadOutcome): Generator<string> {
  const { trace } = context.options;
  const limit = trace ? {} : { rows: ROWS };
  yield* infoText(context, description);
  yield '\n';
  yield* managedToNativeText(context, boundary, limit);
  yield* nativeToManagedText(context, boundary, limit);
  yield `\n${outcomeText(context, outcome)}`;
  yield* eventsText(context, trace ? outcome.events : outcome.events.filter((event) => STORY.has(event.step)));
  yield* slotsText(context, outcome, trace ? undefined : SLOTS);
  yield `\n${context.style.dim(`${closing(outcome)}\n`)}`;
}

function closing(outcome: LoadOutcome): string {
  const slots = outcome.module?.slots ?? [];
  const patched = slots.filter((slot) => slot.content.kind !== 'raw').length;
  return `${patched} of ${slots.length} slots hold a thunk. --trace shows every row and step; ijw boundary, load, dis and tables go on from here.`;
}
