import type { LoadEvent, LoadOutcome } from '@ijw/loader';
import { Metadata } from '@ijw/metadata';
import { Boundary } from '@ijw/vtfixup';
import type { CommandContext } from '../command.ts';
import { describeFile, type FileDescription } from '../file-description.ts';
import { openImage } from '../input.ts';
import { writeJson } from '../output/json.ts';
import { managedToNativeText, nativeToManagedText } from './boundary.ts';
import { infoText } from './info.ts';
import { eventsText, loadImage, outcomeText, slotsText } from './load.ts';

/** Rows of each table that fit on two screens. */
const ROWS = 8;
const SLOTS = 8;

/** Steps that tell the story of a load; the others are for `--trace`. */
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
  const image = await openImage(context);
  const metadata = Metadata.of(image, { diagnostics: image.diagnostics });
  const boundary = Boundary.of(image, metadata);
  const outcome = loadImage(context, image);
  if (context.options.json) {
    const description = await describeFile(context, context.operands[0]!);
    writeJson(context.write, { ...description, outcome: outcome.outcome, hresult: outcome.hresult });
    return outcome.outcome === 'loaded' ? 0 : 1;
  }
  const description = await describeFile(context, context.operands[0]!);
  for (const text of tourText(context, description, boundary, outcome)) context.write(text);
  return outcome.outcome === 'loaded' ? 0 : 1;
}

function* tourText(context: CommandContext, description: FileDescription, boundary: Boundary, outcome: LoadOutcome): Generator<string> {
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
