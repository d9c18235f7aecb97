// Loads against records of the real runtime (skipped without ../shared).
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasOracle, imagePath, readFacts } from './oracle/fact-file.ts';
import { SCENARIOS } from './oracle/scenarios.ts';

/** Scenarios without an image of the oracle's own: the host itself, and two assemblies of the desktop runtime. */
const WITHOUT_IMAGE = ['hello', 'sys', 'control'];

describe.skipIf(!hasOracle)('what the real runtime did (shared/oracles/clr)', () => {
  for (const file of ['facts.jsonl', 'facts.more.jsonl']) {
    const groups = readFacts(file).filter((group) => !WITHOUT_IMAGE.includes(group.scenario));

    it.each(groups.map((group, index) => [`${group.title} (${index})`, group] as const))(`${file}: %s`, (_title, group) => {
      expect(existsSync(imagePath(group.image))).toBe(true);
      const scenario = SCENARIOS[group.scenario];
      if (!scenario) throw new Error(`No scenario ${group.scenario}`);
      scenario(group);
    });
  }
});
