// Over every P/Invoke of real assemblies: generated declarations, plans of the loader and verdicts agree on native type, size and alignment (skipped without ../shared or an installed .NET).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Assembly } from '@ijw/assembly';
import { BadImageError } from '@ijw/binary';
import { type NativeCrossing, readNativeBoundary } from '@ijw/interop/stubs';
import { architectureOf } from '@ijw/machine';
import {
  type AbiType,
  abiSize,
  type CrossingParameter,
  type ForwardCall,
  ForwardCalls,
  isNativeCode,
  NativeCalls,
  nativeExtent,
  type Unsupported,
  ValueTypes,
} from '@ijw/marshalling';
import { Metadata, type MethodDefToken, makeToken, methodCodeKinds, methodSignatureOf, TableId } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { expect, it } from 'vitest';

const shared = join(import.meta.dirname, '../../../../shared');
const versionsIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder).flatMap((name) => readdirSync(join(folder, name)).map((version) => join(folder, name, version)))
    : [];
/** `npm run verify:full` also reads the installed frameworks. */
const frameworks = process.env.IJW_FRAMEWORKS === undefined ? [] : versionsIn('/usr/share/dotnet/shared');
const folders = [join(shared, 'corpus'), join(shared, 'corpus-net11'), ...frameworks].filter(existsSync);

const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(?:dll|exe|node)$/.test(name))
    .map((name) => join(folder, name)),
);

const alignmentOf = (type: AbiType): number => (type.kind === 'aggregate' ? type.alignment : Math.max(1, abiSize(type)));

interface AssemblyFile {
  readonly name: string;
  readonly image: PEImage;
  readonly metadata: Metadata;
}

function open(path: string): AssemblyFile | undefined {
  try {
    const image = PEImage.parse(new Uint8Array(readFileSync(path)));
    const metadata = Metadata.of(image);
    return metadata && { name: path.split('/').at(-1)!, image, metadata };
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}

/** What is different between the declaration of a value and the plan of it. */
function valueDifference(declared: CrossingParameter, planned: CrossingParameter, pointerSize: 4 | 8): string | undefined {
  const { size, alignment } = nativeExtent(declared.native, pointerSize);
  if (size !== abiSize(planned.abi) || alignment !== alignmentOf(planned.abi))
    return `${declared.managed} is declared with ${size} bytes at ${alignment}, and passed with ${abiSize(planned.abi)} at ${alignmentOf(planned.abi)}`;
  return declared.nativeText === planned.nativeText ? undefined : `${declared.nativeText} is passed as ${planned.nativeText}`;
}

function difference(
  declared: NativeCrossing | undefined,
  plan: ForwardCall | Unsupported,
  isRefused: boolean,
  pointerSize: 4 | 8,
): string | undefined {
  if (plan.kind === 'unsupported') return declared && `declared, and not planned: ${plan.reason}`;
  if (isRefused) return 'planned, and refused by the verdicts';
  if (declared === undefined) return 'planned, and not declared';
  const values = plan.arguments.flatMap((argument) => (argument.kind === 'lcid' ? [] : [argument.value]));
  if (!plan.hresultSwapping) values.push(plan.result);
  const byPosition = new Map(values.map((value) => [value.position, value]));
  for (const value of [declared.returnValue, ...declared.parameters]) {
    const planned = byPosition.get(value.position);
    const found = planned && valueDifference(value, planned, pointerSize);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every difference of one assembly, and how many P/Invokes it has. */
function compare({ name, image, metadata }: AssemblyFile): {
  readonly count: number;
  readonly planned: number;
  readonly found: readonly string[];
} {
  const calls = new NativeCalls(metadata, image);
  const architecture = architectureOf(image.machine) ?? 'x64';
  const forward = new ForwardCalls({ architecture, host: 'core', calls });
  const { crossings } = readNativeBoundary(Assembly.of(image));
  const declared = new Map<number, NativeCrossing>(crossings.map((crossing) => [crossing.token, crossing]));
  const valueTypes = new ValueTypes({ metadata, runtimeMarshallingDisabled: calls.runtimeMarshallingDisabled });
  const isRefused = (method: MethodDefToken): boolean => {
    const { returnType, parameterTypes } = methodSignatureOf(metadata, method);
    return [returnType, ...parameterTypes].some((type) => valueTypes.problemOf(type) !== undefined);
  };
  const found: string[] = [];
  let [count, planned, rid] = [0, 0, 0];
  for (const kind of methodCodeKinds(metadata)) {
    rid++;
    if (!isNativeCode(kind) || kind === 'internalCall') continue;
    const token = makeToken(TableId.MethodDef, rid);
    const plan = forward.of(token, { target: '' });
    count++;
    planned += Number(plan.kind === 'plan');
    const text = difference(declared.get(token), plan, isRefused(token), architecture === 'x86' ? 4 : 8);
    if (text !== undefined) found.push(`${name} 0x${token.toString(16)}: ${text}`);
  }
  return { count, planned, found };
}

it.skipIf(files.length === 0)(
  'stubs, plans and verdicts agree over the corpus and, where asked for, the installed frameworks',
  { timeout: 600_000 },
  () => {
    const results = files.flatMap((path) => open(path) ?? []).map(compare);
    const sum = (of: (result: (typeof results)[number]) => number): number => results.reduce((total, result) => total + of(result), 0);
    console.info(`${sum(({ count }) => count)} P/Invokes, ${sum(({ planned }) => planned)} of them planned`);
    expect(results.flatMap(({ found }) => found)).toEqual([]);
    expect(sum(({ planned }) => planned)).toBeGreaterThan(0);
  },
);
