import { defineConfig } from '@playwright/test'
import { findChromium } from './tests/support/find-chromium.ts'

const executablePath = findChromium()

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results/pages',
  // A browser, a host and its workers keep two cores busy: two tests at a time take as long, and wait for each other. Measured.
  workers: 1,
  fullyParallel: false,
  // Limits for a machine that is busy: nothing waits for them that goes well.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env['CI']),
  // A second try hides real faults.
  retries: 0,
  reporter: process.env['CORTEX_TEST_REPORT'] ? [['json', { outputFile: process.env['CORTEX_TEST_REPORT'] }], ['line']] : [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    // A trace is recorded of every test to be kept of some: it takes longer than most tests.
    trace: process.env['CORTEX_PAGE_TRACES'] ? 'retain-on-failure' : 'off',
    launchOptions: {
      ...(executablePath === null ? {} : { executablePath }),
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-gpu',
      ],
    },
  },
  projects: [
    { name: 'e2e', testMatch: 'e2e/**/*.spec.ts' },
    { name: 'desktop', testMatch: 'desktop/**/*.spec.ts' },
  ],
})
