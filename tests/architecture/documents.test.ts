import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const documents = globSync(['*.md', 'docs/**/*.md', 'resources/models/*.md'], { cwd: root })
// Our own package.json, which npm needs to have these.
const packages = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>

describe('documents', () => {
  it('name every package that ships, and none that is gone', () => {
    const text = read('docs/dependencies.md')
    const known = Object.keys({ ...packages.dependencies, ...packages.devDependencies, ...packages.optionalDependencies })
    expect(known.filter(name => !text.includes(`\`${name}\``) && !name.startsWith('@types/'))).toEqual([])
    const named = [...text.matchAll(/`((?:@[\w-]+\/)?[a-z][\w-]*)`/g)].map(match => match[1] ?? '')
    const words = new Set(['unsafe-inline'])
    expect(named.filter(name => !known.includes(name) && !words.has(name))).toEqual([])
  })

  it('carry the licence of everything that ships', () => {
    const notices = read('resources/licenses/THIRD-PARTY-NOTICES.txt')
    // Our own lockfile: npm writes these.
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string }> }
    const shipped = Object.keys({ ...packages.dependencies, ...packages.optionalDependencies }).concat('react', 'monaco-editor', '@xterm/xterm', 'dockview-react')
    expect(shipped.filter(name => !notices.includes(`\n${name} ${lock.packages[`node_modules/${name}`]?.version} (`))).toEqual([])
  })

  it.each(documents)('%s links only to files that are there', path => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(match => match[1] ?? '')
    expect(links.filter(link => !existsSync(join(root, dirname(path), link)))).toEqual([])
  })

  it.each(documents)('%s names only tests, tools and benches that are there', path => {
    const named = [...read(path).matchAll(/`((?:tests|tools|bench|docs|resources)\/[\w./-]+\.\w+)`/g)].map(match => match[1] ?? '')
    expect(named.filter(name => !existsSync(join(root, name)))).toEqual([])
  })

  it('claim for every row of the tables either a test that is there or the feature it comes with', () => {
    const rows = [...read('docs/security.md').matchAll(/^\| ([SP]\d+) \|.*\| (.+) \|$/gm)].map(match => ({ row: match[1] ?? '', by: match[2] ?? '' }))
    expect(rows.map(({ row }) => row)).toEqual([...Array.from({ length: 20 }, (_, index) => `S${index + 1}`), ...Array.from({ length: 12 }, (_, index) => `P${index + 1}`)])
    for (const { row, by } of rows) expect(by, row).toMatch(/^`tests\/|^with /)
    const files = globSync(['tests/{security,reliability}/[sp][0-9]*.ts', 'tests/e2e/**/[sp][0-9]*.spec.ts'], { cwd: root })
    for (const file of files) expect(rows.find(({ row }) => row === (/([sp]\d+)-/.exec(file)?.[1] ?? '').toUpperCase())?.by, file).toContain(file)
  })

  it('list every command that has a key, with all its keys', () => {
    const sources = globSync('renderer/**/*.{ts,tsx}', { cwd: root }).filter(name => !name.includes('.test.')).map(read).join('\n')
    const commands = [...sources.matchAll(/\{\s*id: '[\w.]+',\s*title: '([^']*)',\s*category: '\w+',((?:(?!\brun:)[\s\S])*?)keys: \[([^\]]*)\]/g)]
    const rows = commands.filter(match => !match[1]?.startsWith('Save the settings')).map(match => {
      const keys = [...(match[3] ?? '').matchAll(/'([^']+)'/g)].map(key => (key[1] ?? '').replace('\\\\', '\\'))
      return `| ${match[1]} | ${keys.map(key => (key.includes('`') ? `\`\`${key} \`\`` : `\`${key}\``)).join(', ')} |`
    })
    expect(rows.length).toBeGreaterThan(30)
    const guide = read('docs/user-guide.md')
    expect(rows.filter(row => !guide.includes(row))).toEqual([])
  })

  it('numbers decisions without a gap, each with its date', () => {
    const names = readdirSync(join(root, 'docs/decisions')).sort()
    names.forEach((name, index) => {
      expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`))
      expect(read(`docs/decisions/${name}`)).toMatch(new RegExp(`^# ${index + 1}\\. .+\n\nDate: \\d{4}-\\d{2}-\\d{2}\n`))
    })
  })
})
