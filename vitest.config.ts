import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '#shared': resolve(import.meta.dirname, 'main/shared') } },
  test: {
    include: ['main/**/*.test.ts', 'native/**/*.test.ts', 'renderer/**/*.test.{ts,tsx}', 'tools/**/*.test.mjs', 'bench/*.test.ts', 'tests/{contract,architecture,security,reliability,support}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // No test touches the keychain of whoever runs it; those of the keychain itself bring their own.
    // No terminal runs that person's startup files: they may wait, and what a test kills among them leaves its locks behind.
    env: { CORTEX_KEYCHAIN: 'off', SHELL: '/bin/sh' },
    coverage: {
      provider: 'v8',
      include: ['main/**/*.ts', 'native/**/*.ts'],
      exclude: ['main/electron/**', 'main/index.ts', '**/*.test.ts', '**/fake-*.ts', '**/contract.ts'],
      reportOnFailure: true,
      reporter: ['text-summary', 'json-summary'],
    },
  },
})
