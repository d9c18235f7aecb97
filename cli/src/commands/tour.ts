import type { LoadEvent, LoadOutcome } from '@ijw/loader';
import { Metadata } from '@ijw/metadata';
import { Boundary } from '@ijw/vtfixup';
import type { CommandContext } from '../command.ts';
import { describeFile } from '../file-description.ts';
import { openImage } from '../input.ts';
import { jsonDocument } from '../output/json.ts';
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
  const outcome = loadImage(image, context.operands[0]!, context.options);
  if (context.options.json) {
    context.write(
      jsonDocument({ ...(await describeFile(context, context.operands[0]!)), outcome: outcome.outcome, hresult: outcome.hresult }),
    );
    return outcome.outcome === 'loaded' ? 0 : 1;
  }
  const limit = context.options.trace ? {} : { rows: ROWS };
  const events = context.options.trace ? outcome.events : outcome.events.filter((event) => STORY.has(event.step));
  context.write(infoText(context, await describeFile(context, context.operands[0]!)));
  context.write(`\n${managedToNativeText(context, boundary, limit)}`);
  context.write(nativeToManagedText(context, boundary, limit));
  context.write(`\n${outcomeText(context, outcome)}${eventsText(context, events)}`);
  context.write(slotsText(context, outcome, context.options.trace ? undefined : SLOTS));
  context.write(`\n${context.style.dim(`${closing(outcome)}\n`)}`);
  return outcome.outcome === 'loaded' ? 0 : 1;
}

function closing(outcome: LoadOutcome): string {
  const slots = outcome.module?.slots ?? [];
  const patched = slots.filter((slot) => slot.content.kind !== 'raw').length;
  return `${patched} of ${slots.length} slots hold a thunk. --trace shows every row and step; ijw boundary, load, dis and tables go on from here.`;
}
