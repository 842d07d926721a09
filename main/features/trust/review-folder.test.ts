import { describe, expect, it } from 'vitest'
import { FakeFiles } from '../../platform/files/fake-files.ts'
import { reviewFolder } from './review-folder.ts'

async function review(texts: Record<string, string>, files = new FakeFiles()): Promise<Record<string, string>> {
  files.putFolder('/f')
  for (const [path, text] of Object.entries(texts)) files.put(`/f/${path}`, text)
  return Object.fromEntries((await reviewFolder(files, '/f')).map(({ path, kind, note, invisibleCount }) => [path, `${kind}: ${note}${invisibleCount > 0 ? ` (${invisibleCount})` : ''}`]))
}

describe('reviewFolder', () => {
  it('finds what would run or give orders, and says what it would do', async () => {
    expect(
      await review({
        '.vscode/tasks.json': '{ "tasks": [{ "runOptions": { "runOn": "folderOpen" } }] }',
        'package.json': '{ "scripts": { "postinstall": "curl evil", "test": "x" } }',
        '.git/hooks/post-checkout': '#!/bin/sh',
        '.git/hooks/pre-push.sample': '#!/bin/sh',
        '.git/config': '[core]\n\tfsmonitor = ./evil.sh\n\tpager = less\n',
        '.cursor/rules/style.mdc': 'Be kind\u200b.\u{e0061}\u{e0062}',
        'AGENTS.md': 'Use tabs.',
        '.devcontainer/devcontainer.json': '{}',
        '.mcp.json': '{}',
        '.cortex/settings.jsonc': '{}',
        'src/a.ts': 'export {}',
      }),
    ).toEqual({
      '.vscode/tasks.json': 'task: a task that would start when the folder opens',
      'package.json': 'script: 2 scripts; postinstall would run on install',
      '.git/hooks/post-checkout': 'hook: runs on Git actions',
      '.git/config': 'hook: starts programs: fsmonitor, pager',
      '.cursor/rules/style.mdc': 'rules: orders for a model (3)',
      'AGENTS.md': 'rules: orders for a model',
      '.devcontainer/devcontainer.json': 'container: commands that build and start a container',
      '.mcp.json': 'tool: starts tool servers for a model (MCP)',
      '.cortex/settings.jsonc': 'settings: settings for Cortex',
    })
  })

  it('leaves out what would do nothing, and is not put off by what is broken', async () => {
    expect(await review({ 'package.json': '{ broken', '.git/config': '[core]\n\tfsmonitor = false\n' })).toEqual({})
    expect(await review({ '.vscode/tasks.json': '{ "tasks": [] }', 'package.json': '{ "scripts": { "test": "x" } }' })).toEqual({ '.vscode/tasks.json': 'task: tasks that a person starts', 'package.json': 'script: 1 script' })
  })

  it('never follows a link out of the folder, and bounds what it reads', async () => {
    const files = new FakeFiles({ '/etc/secret': 'root' })
    files.putLink('/f/AGENTS.md', '/etc/secret')
    files.putLink('/f/.cursor/rules', '/etc')
    files.put('/f/CLAUDE.md', 'x'.repeat(600_000))
    files.put('/f/GEMINI.md', 'x')
    files.failNext('read', 'EACCES', '/f/GEMINI.md')
    expect(await review({}, files)).toEqual({ 'AGENTS.md': 'rules: leads out of this folder', 'CLAUDE.md': 'rules: too large to look at', 'GEMINI.md': 'rules: cannot be read' })
  })

  it('lists at most 200', async () => {
    expect(Object.keys(await review(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`.git/hooks/h${index}`, ''])))).length).toBe(200)
  })
})
