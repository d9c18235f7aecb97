// IL text of built images against one golden text for each construct.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bodyCases } from './golden-cases/body-cases.ts';
import { manifestCases } from './golden-cases/manifest-cases.ts';
import { methodCases } from './golden-cases/method-cases.ts';
import { strictCases } from './golden-cases/strict-cases.ts';
import { typeCases } from './golden-cases/type-cases.ts';
import { buildILImage, disassembleBytes } from './il-image.ts';

const folder = join(import.meta.dirname, 'goldens');
const update = process.env.IJW_UPDATE_GOLDENS === '1';
const cases = { ...manifestCases, ...typeCases, ...methodCases, ...bodyCases, ...strictCases };

/** One file for each construct of IL text. `IJW_UPDATE_GOLDENS=1` writes what comes out now. */
describe('IL text goldens', () => {
  for (const [name, { fill, options, cli, sections }] of Object.entries(cases)) {
    it(name, () => {
      const { text } = disassembleBytes(buildILImage(fill, cli, sections), options);
      const file = join(folder, `${name}.il`);
      if (update) writeFileSync(file, text);
      expect(existsSync(file), `${name}.il is not there: IJW_UPDATE_GOLDENS=1 writes it`).toBe(true);
      expect(text).toBe(readFileSync(file, 'utf8'));
    });
  }

  it('has a case for every file', () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(cases)
        .map((name) => `${name}.il`)
        .sort(),
    );
  });
});
