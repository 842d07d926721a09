import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const mostLines = 400

/** Files that belong to the project; without git, as in an unpacked archive, there is nothing to ask. */
const files = existsSync(join(root, '.git'))
  ? execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split('\n').filter(file => file && existsSync(join(root, file)))
  : []
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const isCode = (file: string): boolean => /\.(ts|tsx|mjs|js|cjs|css)$/.test(file) && !file.startsWith('tests/fixtures/')
const isText = (file: string): boolean => /\.(ts|tsx|mjs|js|cjs|css|json|md|yml|html|sh|toml)$/.test(file)

interface Locked {
  integrity?: string
  optional?: boolean
  os?: string[]
  cpu?: string[]
}

describe.skipIf(files.length === 0)(`the sources${files.length === 0 ? ' (skipped: there is no checkout that could list them)' : ''}`, () => {
  test(`no file of code has more than ${mostLines} lines`, () => {
    expect(files.filter(isCode).map(file => [file, read(file).split('\n').length - 1] as const).filter(([, lines]) => lines > mostLines)).toEqual([])
  })

  test('no file knows a path of one machine', () => {
    // Made up from parts, so that this file does not hold what it looks for; the homes of made-up people may stand in tests.
    const machinePath = new RegExp(`(?<![\\w.}-])/(${['wo' + 'rk', 'ro' + 'ot'].join('|')}|home/(?!(?:me|you|user|ada|somebody|ab?|b)\\b)[a-z]\\w*)(?![\\w-])`)
    const found = files.filter(isText).filter(file => file !== 'package-lock.json' && !file.startsWith('resources/licenses/')).flatMap(file => read(file).split('\n').map((line, index) => [`${file}:${index + 1}`, line] as const).filter(([, line]) => machinePath.test(line)))
    expect(found).toEqual([])
  })

  test('every dependency is pinned to one version, and the lockfile has the same', () => {
    const manifest = JSON.parse(read('package.json'))
    const locked = JSON.parse(read('package-lock.json')).packages
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
      expect(locked[`node_modules/${name}`]?.version, name).toBe(version)
    }
    // What only other platforms install may be missing at the registry that made the lockfile; it is pinned by its version alone.
    const isForHere = ({ os = [process.platform], cpu = [process.arch] }: Locked): boolean => os.includes(process.platform) && cpu.includes(process.arch)
    for (const [path, entry] of Object.entries<Locked>(locked)) {
      if (path !== '' && (!entry.optional || isForHere(entry))) expect(entry.integrity, path).toMatch(/^sha512-/)
    }
  })

  test('packages run no scripts of their own when they are installed', () => {
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m)
  })

  test('whoever opens a database keeps what SQLite puts aside in memory', () => {
    const openers = files.filter(file => /^(main|native)\/.*\.ts$/.test(file) && !file.endsWith('.test.ts')).filter(file => /^import (?!type )\w+.* from 'better-sqlite3-multiple-ciphers'/m.test(read(file)))
    expect(openers.length).toBeGreaterThan(3)
    for (const file of openers) expect([file, /\b(applyKey|keepTemporaryInMemory)\(/.test(read(file))]).toEqual([file, true])
  })

  test('no code is left for later', () => {
    const later = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b|[Cc]oming soon`)
    expect(files.filter(isCode).filter(file => !file.startsWith('tests/')).filter(file => later.test(read(file)))).toEqual([])
  })

  test('no file hides its parts behind a barrel', () => {
    const barrels = files.filter(file => /(^|\/)index\.tsx?$/.test(file)).filter(file => /^export \* from/m.test(read(file)))
    expect(barrels).toEqual([])
  })
})
