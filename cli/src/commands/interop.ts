import type { Assembly } from '@ijw/assembly';
import { hex, printable, UnsupportedError, UsageError } from '@ijw/binary';
import { interopJson, RuntimeVerdicts, readInteropInventory } from '@ijw/interop';
import { leanClrBindings, readRegistrations } from '@ijw/interop/leanclr';
import { readAssemblyShape } from '@ijw/interop/stubs';
import {
  buildInteropTable,
  checkFirmware,
  FirmwareImage,
  type InteropDefinition,
  InteropRegistry,
  interopFirmwareTable,
  tinyClrBindings,
} from '@ijw/interop/tinyclr';
import { type Metadata, type MethodDefToken, makeToken, methodFullName, TableId } from '@ijw/metadata';
import { readCheckedFiles } from '../checked-files.ts';
import type { CommandContext } from '../command.ts';
import { openAssembly } from '../input.ts';
import { columns, type Row } from '../output/columns.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { inventoryText } from '../output/inventory-text.ts';

/** The input of each part of the command. */
interface InteropInput {
  readonly context: CommandContext;
  readonly file: string;
  readonly assembly: Assembly;
  readonly metadata: Metadata;
}

/** The result of a part, as JSON and as text. */
interface Answer {
  readonly json: object;
  text(): Iterable<string>;
}

const PARTS: Readonly<Record<string, (input: InteropInput) => Answer>> = { inventory, verdicts, registry };

export async function run(context: CommandContext): Promise<number> {
  const [what = '', file = ''] = context.operands;
  const part = Object.hasOwn(PARTS, what) ? PARTS[what] : undefined;
  if (part === undefined)
    throw new UsageError(`Unknown part "${what}": interop has ${Object.keys(PARTS).join(', ')}; for example ijw interop inventory app.dll`);
  if (what !== 'registry') refuseRegistryOptions(context, what);
  const input = await open(context, file);
  const { json, text } = part(input);
  if (context.options.json) context.document({ file, ...json, diagnostics: input.assembly.diagnostics.entries });
  else {
    for (const piece of text()) context.write(piece);
    context.write(diagnosticLines(input.assembly.diagnostics.entries, context.style));
  }
  return 0;
}

function refuseRegistryOptions({ options }: CommandContext, what: string): void {
  const given = ['signatures', 'check', 'base'].find((name) => options[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} is an option of "interop registry", not of "interop ${what}"`);
}

async function open(context: CommandContext, file: string): Promise<InteropInput> {
  const assembly = await openAssembly(context, file);
  return { context, file, assembly, metadata: assembly.requireMetadata() };
}

/** Everything of the module that has to do with interop. */
function inventory({ context, file, assembly }: InteropInput): Answer {
  const found = readInteropInventory(assembly);
  return {
    json: {
      ...interopJson(found),
      platformInvokes: found.platformInvokes.map(({ token, fullName, kind, rva, mapping }) => ({
        token,
        method: fullName,
        kind,
        ...(rva !== 0 && { rva }),
        ...(mapping && { implMap: { module: mapping.moduleName, name: mapping.entryPoint, flags: mapping.flags } }),
      })),
    },
    *text() {
      let empty = true;
      for (const piece of inventoryText(found, context)) {
        empty = false;
        yield piece;
      }
      if (empty) yield `${printable(file)}: nothing in the module has to do with interop\n`;
    },
  };
}

/** What the runtime refuses, ignores or does not check. */
function verdicts({ context, file, assembly, metadata }: InteropInput): Answer {
  const runtime = new RuntimeVerdicts(assembly);
  const methods = methodsOf(metadata).flatMap((token) => {
    const found = assembly.diagnostics.attempt(() => runtime.of(token), token) ?? [];
    return found.length === 0 ? [] : [{ token, method: methodFullName(metadata, token), verdicts: found }];
  });
  return {
    json: { methods },
    *text() {
      const { style } = context;
      for (const { token, method, verdicts: found } of methods) {
        yield `${style.bold(printable(method))}  ${hex(token, 8)}\n`;
        yield* columns(
          found.map(({ outcome, exception, when, message }): Row => [exception ?? outcome, when, message]),
          '  ',
          context.width,
        );
      }
      yield style.dim(
        `${printable(file)}: ${methods.length === 0 ? 'no' : methods.length} methods that the runtime refuses or runs otherwise than they ask\n`,
      );
    },
  };
}

const methodsOf = ({ tables: { MethodDef } }: Metadata): readonly MethodDefToken[] =>
  Array.from({ length: MethodDef.rowCount }, (_, index) => makeToken(TableId.MethodDef, index + 1));

/** How LeanCLR, or with `--check` TinyCLR, would find native code. */
function registry(input: InteropInput): Answer {
  return Array.isArray(input.context.options.check) ? tinyClrRegistry(input, input.context.options.check) : leanClrRegistry(input);
}

function leanClrRegistry({ context, assembly }: InteropInput): Answer {
  const { signatures } = context.options;
  const listed =
    typeof signatures === 'string' ? readRegistrations(new TextDecoder().decode(context.io.readFile(signatures)), signatures) : [];
  const { bindings, rejected } = leanClrBindings(assembly, listed);
  return {
    json: { system: 'leanclr', bindings, rejected },
    *text() {
      const { style } = context;
      yield* columns(
        bindings.map(({ token, method, via, boundBy, error, keys }): Row => {
          const how = boundBy ?? (listed.length === 0 ? keys.join('  ') : (error?.message ?? ''));
          return [hex(token, 8), method, { text: via, paint: via === 'none' ? style.yellow : style.green }, how];
        }),
        '',
        context.width,
      );
      for (const { signature, problem } of rejected) yield `${style.yellow('not taken')}: ${printable(`${signature}: ${problem}`)}\n`;
      yield style.dim(
        `${bindings.length} methods for native code, ${bindings.filter(({ boundBy }) => boundBy !== undefined).length} bound\n`,
      );
    },
  };
}

function tinyClrRegistry({ context, assembly }: InteropInput, paths: readonly string[]): Answer {
  const { firmware } = readCheckedFiles(context.io, paths, context.options.base as string | undefined);
  if (firmware?.binary === undefined)
    throw new UsageError('interop registry --check needs a raw binary, with a linker map or a scatter file where they are needed');
  const shape = readAssemblyShape(assembly);
  const table = buildInteropTable(shape);
  const { definition, image } = checkFirmware(interopFirmwareTable(table), firmware);
  if (definition === undefined || image === undefined) throw new UnsupportedError(`The binary has no definition of ${table.assembly}`);
  const device = new InteropRegistry(new FirmwareImage(firmware.binary, image.base));
  const added: InteropDefinition = device.add(definition.address);
  const bindings = tinyClrBindings(shape, table, device);
  return {
    json: { system: 'tinyclr', definition: { ...added, symbol: definition.symbol }, bindings },
    *text() {
      const { style } = context;
      yield `Interop.Add(${hex(added.address)})  ${printable(added.name)}, checksum ${hex(added.checksum, 8)}\n`;
      yield* columns(
        bindings.map(
          ({ index, method, via, address, error }): Row => [
            String(index),
            method,
            { text: via, paint: via === 'none' ? style.yellow : style.green },
            address === undefined ? (error?.message ?? '') : hex(address),
          ],
        ),
        '  ',
        context.width,
      );
    },
  };
}
