import { defineConfig } from 'vitest/config';
import { SkippedTests } from './tools/skipped-tests.ts';

export default defineConfig({
  resolve: { conditions: ['@ijw/source'] },
  ssr: { resolve: { conditions: ['@ijw/source'] } },
  test: {
    include: ['{packages/*,cli,fixtures,tools}/test/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    // By default one processor stays idle, which is half of a small machine.
    maxWorkers: '100%',
    reporters: ['default', new SkippedTests()],
  },
});
