import type { TrustFinding } from '#shared/contract/trust.ts'

type Kind = TrustFinding['kind']

interface KnownFile {
  path: string
  kind: Kind
  /** What it would do. */
  note: string
  /** A closer look at its text; null where it would do nothing after all. */
  describe?: (text: string) => string | null
}

interface KnownFolder extends Omit<KnownFile, 'describe'> {
  isMeant: (name: string) => boolean
}

const file = (kind: Kind, note: string, ...paths: string[]): KnownFile[] => paths.map(path => ({ path, kind, note }))

/** What editors, tools and models take from a folder: known by name, never run. */
export const knownFiles: readonly KnownFile[] = [
  { path: '.vscode/tasks.json', kind: 'task', note: 'tasks', describe: describeTasks },
  ...file('task', 'commands that a person starts', '.vscode/launch.json', 'Makefile', 'justfile', 'Taskfile.yml'),
  { path: 'package.json', kind: 'script', note: 'scripts', describe: describeScripts },
  ...file('script', 'runs when a shell enters the folder', '.envrc'),
  ...file('settings', 'settings for Cortex', '.cortex/settings.jsonc'),
  ...file('settings', 'sensitivity labels for Cortex', '.cortex/privacy.jsonc'),
  ...file('settings', 'settings for editors, which can name programs', '.vscode/settings.json', '.idea/workspace.xml', '.zed/settings.json', '.nvim.lua', '.exrc'),
  ...file('tool', 'starts tool servers for a model (MCP)', '.mcp.json', '.cursor/mcp.json', '.vscode/mcp.json', '.cortex/mcp.jsonc', '.roo/mcp.json'),
  ...file('container', 'commands that build and start a container', '.devcontainer/devcontainer.json', '.devcontainer.json'),
  ...file('rules', 'orders for a model', 'AGENTS.md', 'CLAUDE.md', 'GEMINI.md', '.cursorrules', '.windsurfrules', '.clinerules', '.github/copilot-instructions.md', '.cortex/rules.md'),
  { path: '.git/config', kind: 'hook', note: 'Git settings that start programs', describe: describeGit },
  ...file('configuration', 'code that linters and formatters run', 'eslint.config.js', 'eslint.config.mjs', 'eslint.config.ts', '.eslintrc.js', '.eslintrc.cjs', 'prettier.config.js', '.prettierrc.js'),
  ...file('configuration', 'names programs that package tools run', '.yarnrc.yml', '.npmrc', '.pre-commit-config.yaml', 'lefthook.yml'),
]

const anyFile = (): boolean => true

export const knownFolders: readonly KnownFolder[] = [
  { path: '.git/hooks', kind: 'hook', note: 'runs on Git actions', isMeant: name => !name.endsWith('.sample') },
  { path: '.husky', kind: 'hook', note: 'runs on Git actions', isMeant: name => !name.startsWith('.') && name !== '_' },
  { path: '.cursor/rules', kind: 'rules', note: 'orders for a model', isMeant: anyFile },
  { path: '.cortex/rules', kind: 'rules', note: 'orders for a model', isMeant: anyFile },
  { path: '.clinerules', kind: 'rules', note: 'orders for a model', isMeant: anyFile },
  { path: '.github/instructions', kind: 'rules', note: 'orders for a model', isMeant: anyFile },
]

function describeTasks(text: string): string {
  const own = text.match(/"runOn"\s*:\s*"folderOpen"/g)?.length ?? 0
  return own === 0 ? 'tasks that a person starts' : `${own === 1 ? 'a task' : `${own} tasks`} that would start when the folder opens`
}

function describeScripts(text: string): string | null {
  const scripts = scriptNames(text)
  if (scripts.length === 0) return null
  const own = scripts.filter(name => /^(?:pre|post)?(?:install|prepare)$/.test(name))
  return own.length > 0 ? `${scripts.length} scripts; ${own.join(', ')} would run on install` : `${scripts.length} ${scripts.length === 1 ? 'script' : 'scripts'}`
}

function scriptNames(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text)
    const scripts = typeof value === 'object' && value !== null && 'scripts' in value ? value.scripts : null
    return typeof scripts === 'object' && scripts !== null ? Object.keys(scripts) : []
  } catch {
    return []
  }
}

const gitPrograms = /^[ \t]*(fsmonitor|pager|sshCommand|hooksPath|askPass|editor|external|textconv|clean|smudge|process|helper|gpg\.program)[ \t]*=[ \t]*(\S.*)$/gimu

function describeGit(text: string): string | null {
  const found = [...text.matchAll(gitPrograms)].filter(([, , value]) => !/^(?:true|false)\s*$/i.test(value ?? '')).map(([, name]) => name)
  return found.length === 0 ? null : `starts programs: ${[...new Set(found)].join(', ')}`
}
