import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the real runtime did with small images: `shared/oracles/clr` beside a checkout. Absent in a clone. */
export const ORACLE = join(import.meta.dirname, '../../../../../shared/oracles/clr');
export const hasOracle = existsSync(ORACLE);

/** One fact as the host program printed it, or a line of text from the runtime itself. */
export interface Fact {
  readonly key: string;
  readonly value: string | number | readonly string[];
}

/** The facts of one process. */
export interface FactGroup {
  readonly title: string;
  readonly scenario: string;
  /** Name of the image without folder and extension. */
  readonly image: string;
  /** The path as the facts write it. */
  readonly path: string;
  readonly args: readonly string[];
  readonly facts: readonly Fact[];
}

/** A slot as the generator of the image wrote it down. */
export interface MapSlot {
  readonly rva: number;
  readonly width: number;
  readonly what: string;
  readonly type: number;
}

export interface ImageMap {
  readonly slots: readonly MapSlot[];
  /** `call=` and `ncall=` lines; each `+` line belongs to the step before it. */
  readonly steps: readonly (readonly string[])[];
  readonly rvas: ReadonlyMap<string, number>;
}

function parseLine(line: string): Fact {
  if (!line.startsWith('{')) return { key: 'text', value: line };
  const [entry] = Object.entries(JSON.parse(line) as Record<string, Fact['value']>);
  return { key: entry![0], value: entry![1] };
}

function parseTitle(title: string): Omit<FactGroup, 'facts'> {
  const [scenario = '', file = '', ...args] = title.split(' ');
  const image = file
    .replace(/\.dll$/, '')
    .split('/')
    .at(-1)!;
  const path = file.includes('/') ? file.replaceAll('/', '\\') : `<DIR>\\${file}.dll`;
  return { title, scenario, image, path, args };
}

/** Every group of a facts file, in order. */
export function readFacts(file: string): FactGroup[] {
  if (!hasOracle) return [];
  const groups: (Omit<FactGroup, 'facts'> & { facts: Fact[] })[] = [];
  for (const line of readFileSync(join(ORACLE, file), 'utf8').split('\n')) {
    if (line.startsWith('### ')) groups.push({ ...parseTitle(line.slice(4)), facts: [] });
    else if (line !== '') groups.at(-1)?.facts.push(parseLine(line));
  }
  return groups;
}

export const imagePath = (image: string): string => join(ORACLE, 'images', `${image}.dll`);

export function readMap(image: string): ImageMap {
  const slots: MapSlot[] = [];
  const steps: string[][] = [];
  const rvas = new Map<string, number>();
  for (const line of readFileSync(join(ORACLE, 'images', `${image}.map`), 'utf8').split(/\r?\n/)) {
    const [key = '', value = ''] = [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)];
    if (key === 'slot') {
      const [rva = '', width = '', what = '', type = ''] = value.split(',');
      slots.push({ rva: Number.parseInt(rva, 16), width: Number(width), what, type: Number.parseInt(type, 16) });
    } else if (key.startsWith('+')) steps.at(-1)?.push(line.slice(1));
    else if (key === 'call' || key === 'ncall') steps.push([line]);
    else if (key !== '') rvas.set(key, Number.parseInt(value, 16));
  }
  return { slots, steps, rvas };
}
