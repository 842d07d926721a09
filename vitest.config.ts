import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Tests that hold what they measure against a promised bound in time: nothing else runs beside them, and `npm test` does not count lines in them, which slows down loops. */
const timed = [
  'native/inference/cancel.test.ts',
  'tests/reliability/{host-process,p5-broken-model,p6-inference-crash,p6-worker-crash,p7-malformed-frames,terminal-process,worker-process}.test.ts',
  'tests/security/{keyring,s10-link-race,s17-malicious-gguf}.test.ts',
]

/** The same, with bounds that are wide enough for the count of lines, which needs them. */
const alone = ['native/inference/{inference-router,smollm2}.test.ts', 'native/pty/terminals.test.ts']

const shared = {
  // Limits for a machine that is busy: nothing waits for them that goes well.
  testTimeout: 120_000,
  expect: { poll: { timeout: 20_000 } },
  hookTimeout: 60_000,
  pool: 'forks' as const,
  // No test touches the keychain of whoever runs it; those of the keychain itself bring their own.
  // No terminal runs that person's startup files: they may wait, and what a test kills among them leaves its locks behind.
  env: { CORTEX_KEYCHAIN: 'off', SHELL: '/bin/sh' },
}

export default defineConfig({
  resolve: { alias: { '#shared': resolve(import.meta.dirname, 'main/shared') } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'behaviour',
          include: ['main/**/*.test.ts', 'native/**/*.test.ts', 'renderer/**/*.test.{ts,tsx}', 'tools/**/*.test.mjs', 'bench/*.test.ts', 'tests/{contract,architecture,security,reliability,support}/**/*.test.ts'],
          exclude: ['node_modules/**', ...alone, ...timed],
          // Most of them wait for other processes; by itself the tool would use one of two cores.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { ...shared, name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
      { extends: true, test: { ...shared, name: 'timed', include: timed, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
    coverage: {
      provider: 'v8',
      include: ['main/**/*.ts', 'native/**/*.ts'],
      exclude: ['main/electron/**', 'main/index.ts', '**/*.test.ts', '**/fake-*.ts', '**/contract.ts'],
      reportOnFailure: true,
      reporter: ['text-summary', 'json-summary'],
    },
  },
})
