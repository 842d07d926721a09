import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')

/** Rule → a file that breaks it and what that file imports. */
const planted: [rule: string, file: string, target: string][] = [
  ['no-unresolvable', 'main/features/a/lost.ts', './nowhere.ts'],
  ['no-cycles', 'main/features/a/one.ts', 'main/features/a/two.ts'],
  ['electron-in-one-folder', 'main/features/a/a-service.ts', 'electron'],
  ['only-electron-entry-uses-electron-folder', 'main/features/a/uses-window.ts', 'main/electron/window.ts'],
  ['shared-is-pure', 'main/shared/reads-disk.ts', 'node:fs'],
  ['shared-error-mapping', 'main/shared/map-errors.ts', 'node:fs'],
  ['cross-process-main', 'renderer/features/a/reaches-main.ts', 'main/features/a/a-service.ts'],
  ['cross-process-main', 'native/pty/reaches-main.ts', 'main/features/a/a-service.ts'],
  ['cross-process-native', 'main/features/a/reaches-worker.ts', 'native/pty/worker.ts'],
  ['workers-do-not-know-each-other', 'native/inference/reaches-pty.ts', 'native/pty/worker.ts'],
  ['renderer-has-no-node', 'renderer/features/a/uses-node.ts', 'node:path'],
  ['renderer-main-wall', 'main/features/a/draws.ts', 'renderer/ui/button.ts'],
  ['ui-is-dumb', 'renderer/ui/knows-feature.ts', 'renderer/features/a/panel.ts'],
  ['renderer-features-are-islands', 'renderer/features/b/reaches-a.ts', 'renderer/features/a/panel.ts'],
  ['feature-internals', 'main/features/b/reaches-inside.ts', 'main/features/a/inside.ts'],
  ['platform-below-features', 'main/platform/files/reaches-up.ts', 'main/features/a/a-service.ts'],
  ['features-below-app', 'main/features/a/reaches-app.ts', 'main/app.ts'],
  ['hosts-know-no-feature', 'main/transport/knows-feature.ts', 'main/features/a/a-service.ts'],
  ['network-in-one-folder', 'main/features/a/calls-home.ts', 'node:https'],
  ['network-in-one-folder', 'native/pty/calls-home.ts', 'node:net'],
  ['fakes-only-in-tests', 'main/features/a/uses-fake.ts', 'main/platform/files/fake-files.ts'],
]

/** Imports that the architecture allows; a rule that refuses one of them is wrong. */
const allowed: [file: string, target: string][] = [
  ['main/features/c/c-service.ts', 'main/features/a/a-service.ts'],
  ['main/features/c/c-router.ts', 'native/pty/contract.ts'],
  ['main/transport/serves.ts', 'node:http'],
  ['main/platform/network/door.ts', 'node:https'],
  ['main/features/c/c.test.ts', 'main/platform/files/fake-files.ts'],
  ['native/inference/knows-own.ts', 'native/shared/serve.ts'],
  ['native/inference/knows-contract.ts', 'main/shared/errors.ts'],
  ['renderer/features/c/panel.ts', 'renderer/shell/commands.ts'],
  ['renderer/features/c/icons.ts', 'main/shared/errors.ts'],
  ['main/electron/host.ts', 'electron'],
]

let folder = ''
let violations: { rule: { name: string; severity: string }; from: string }[] = []

function put(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}

function importOf(file: string, target: string): string {
  if (!target.includes('/') || target.startsWith('node:') || target.startsWith('.')) return `import '${target}'\n`
  const path = relative(dirname(file), target)
  return `import '${path.startsWith('.') ? path : `./${path}`}'\n`
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cortex-boundaries-'))
  const pairs = [...planted.map(([, file, target]) => [file, target] as const), ...allowed]
  for (const [, target] of pairs) if (target.endsWith('.ts') && !target.startsWith('.')) put(target, 'export {}\n')
  for (const [file, target] of pairs) put(file, importOf(file, target))
  put('main/features/a/two.ts', importOf('main/features/a/two.ts', 'main/features/a/one.ts'))
  put('tsconfig.json', '{}')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const { stdout } = spawnSync(process.execPath, [cruiser, '--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', 'main', 'native', 'renderer'], { cwd: folder, encoding: 'utf8', maxBuffer: 64e6 })
  violations = JSON.parse(stdout).summary.violations
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(planted)('the rule %s finds %s importing %s', (rule, file) => {
  expect(violations.filter(found => found.from === file).map(found => found.rule.name)).toContain(rule)
})

test.each(allowed)('no rule refuses %s importing %s', file => {
  expect(violations.filter(found => found.from === file && found.rule.severity === 'error').map(found => found.rule.name)).toEqual([])
})

test('every rule that fails the build has a planted violation', async () => {
  const { default: configuration } = await import(join(root, '.dependency-cruiser.mjs'))
  const rules: string[] = configuration.forbidden.filter((rule: { severity: string }) => rule.severity === 'error').map((rule: { name: string }) => rule.name)
  expect(rules.filter(rule => !planted.some(([name]) => name === rule))).toEqual([])
})

test('the project itself crosses no boundary', () => {
  execFileSync(process.execPath, [cruiser, '--config', '.dependency-cruiser.mjs', '--output-type', 'err', 'main', 'native', 'renderer', 'preload'], { cwd: root })
})
