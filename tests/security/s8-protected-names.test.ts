import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { WorkspaceChanges } from '../../main/features/files/workspace-changes.ts'
import { LabelsService } from '../../main/features/labels/labels-service.ts'
import { systemClock } from '../../main/platform/clock/clock.ts'
import { DiskFiles } from '../../main/platform/files/disk-files.ts'
import { FakeFolderWatcher } from '../../main/platform/files/fake-folder-watcher.ts'
import { RipgrepFileLister } from '../../main/platform/files/ripgrep-file-lister.ts'
import { isProtectedPath } from '../../main/platform/labels/protected-paths.ts'
import { realNames } from '../../main/platform/labels/real-names.ts'
import { FakeLog } from '../../main/platform/log/fake-log.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-s8-')))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const put = (path: string, text = 'TOKEN=canary'): string => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  return path
}

const log = new FakeLog()
const changes = new WorkspaceChanges(new FakeFolderWatcher(), log)
const labels = new LabelsService({
  files: new DiskFiles(), lister: new RipgrepFileLister(), workspaces: { get: async () => ({ path: join(root, 'work') }) }, listenToFolder: (folder, listener) => changes.listen(folder, listener), watchFile: () => () => undefined,
  clock: systemClock, log, stateFolder: join(root, 'state'), home: join(root, 'home'),
})
const labelOf = async (path: string) => (await labels.labelOf('w', [path]))[0]!

put('work/.env')
put('work/.gitignore', '.env\nhidden/\n')
put('work/src/a.ts', 'export const a = 1')
put('work/src/b.ts', 'export const b = 1')
put('work/hidden/.aws/credentials')
put('home/.ssh/id_ed25519')
put('elsewhere/notes.txt')

describe('S8 protected names', () => {
  const spellings = [
    '.env', '.ENV', '.Env.LOCAL', '.env.', '.env ', '.env. .', '.env::$DATA', '.env:stream:$DATA', '.e\u200bnv', '.en\u00adv', '\uff0eenv', '.\uff25\uff2e\uff36', 'sub/../.env', './.env', '.\\.env',
    'ID_RSA', 'Id_Rsa.', 'deploy.PEM', '.SSH/config', '.\u017f\u017fh/known_hosts', '.AWS\\credentials', 'CREDENTIALS.JSON', '.Git/Config', '.NPMRC ', 'prod.TFVARS', '.cortex./privacy.jsonc', 'ENVIRO~1', 'ID_RSA~1.PEM',
  ]

  it.each(spellings)('%j is secret, whether or not it stands on the disk', async path => expect((await labelOf(path)).label).toBe('secret'))

  it('finds a secret behind links, linked folders and other names of the same file', async () => {
    const work = (path: string): string => join(root, 'work', path)
    symlinkSync('.env', work('notes.md'))
    symlinkSync('notes.md', work('twice.md'))
    symlinkSync('hidden', work('docs'))
    symlinkSync('.', work('self'))
    symlinkSync(join(root, 'elsewhere', 'notes.txt'), work('outside.txt'))
    symlinkSync('gone', work('dangling.txt'))
    symlinkSync('circle.txt', work('circle.txt'))
    linkSync(work('.env'), work('readme.txt'))
    linkSync(work('hidden/.aws/credentials'), work('src/table.csv'))
    linkSync(join(root, 'home/.ssh/id_ed25519'), work('src/data.bin'))
    linkSync(work('src/b.ts'), work('src/same.ts'))
    const rules = Object.fromEntries(
      await Promise.all(['notes.md', 'twice.md', 'docs/.aws/credentials', 'self/self/.env', 'outside.txt', 'dangling.txt', 'circle.txt', 'readme.txt', 'src/table.csv', 'src/data.bin'].map(async path => [path, await labelOf(path)] as const)),
    )
    for (const [path, { label }] of Object.entries(rules)) expect(label, path).toBe('secret')
    expect(rules['readme.txt']?.rule).toBe('another name of .env')
    expect(rules['src/table.csv']?.rule).toBe('another name of hidden/.aws/credentials')
    expect(rules['src/data.bin']?.rule).toBe('another name of ~/.ssh/id_ed25519')
    expect((await labelOf('src/a.ts')).label).toBe('internal')
    expect((await labelOf('src/same.ts')).label).toBe('internal')
    process.stdout.write(`S8: ${spellings.length} spellings and ${Object.keys(rules).length} links of secret files, none read as anything else\n`)
  })

  it('keeps one name under any Unicode form and case of it', async () => {
    put('work/.cortex/privacy.jsonc', '{ "labels": { "Pläne/": "secret" } }')
    for (const path of ['Pläne/2027.md', 'Pla\u0308ne/2027.md', 'PLA\u0308NE/2027.MD', 'plÄne./x']) expect((await labelOf(path)).label, path).toBe('secret')
    expect((await labelOf('src/a.ts')).label).toBe('internal')
  })

  it('takes no label away by the word of the folder itself', async () => {
    for (const text of ['{ "labels": { ".env": "public" } }', '{ "labels": { "**": "internal" } }', '{ "labels": ', '{ "labels": { "(a+)+$": "internal" } }']) {
      put('work/.cortex/privacy.jsonc', text)
      expect((await labelOf('.env')).label, text).toBe('secret')
    }
    rmSync(join(root, 'work/.cortex'), { recursive: true })
  })

  it('is secret while a file is swapped for a link to a secret one under the check', async () => {
    const path = join(root, 'work/swap.txt')
    const disk = new DiskFiles()
    for (const moment of ['realPath', 'identity'] as const) {
      writeFileSync(path, 'plain')
      const swapping = Object.assign(new DiskFiles(), {
        [moment]: async (asked: string) => {
          const found = await disk[moment](asked)
          if (asked === path) {
            rmSync(path)
            symlinkSync('.env', path)
          }
          return found
        },
      })
      expect(await realNames(swapping, join(root, 'work'), 'swap.txt'), moment).toBe('the file changed under the check')
      rmSync(path)
    }
  })
})

describe('S8 places where nothing may write on behalf of a model', () => {
  const places = ['.cursor/mcp.json', '.vscode/tasks.json', '.git/hooks/pre-commit', '.git/config', '.cortex/privacy.jsonc', '.github/workflows/ci.yml', '.gitlab-ci.yml', 'app.code-workspace', '.bashrc', '.zshenv', '.husky/pre-push', '.devcontainer/devcontainer.json', '.mcp.json', 'AGENTS.md', '.envrc', 'Jenkinsfile']

  it('are known in any spelling', () => {
    const changes: ((path: string) => string)[] = [path => path.toUpperCase(), path => `${path}.`, path => `${path} `, path => `${path}::$DATA`, path => path.replaceAll('/', '\\'), path => path.replaceAll('/', './'), path => `a/../${path}`, path => `packages/app/${path}`, path => path.replace('c', 'c\u200d')]
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.array(fc.constantFrom(...changes), { maxLength: 4 }), (place, chosen) => {
        expect(isProtectedPath(chosen.reduce<string>((path, change) => change(path), place))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('are not confused with the rest', () => {
    for (const path of ['src/a.ts', 'README.md', 'docs/git/hooks.md', 'vscode/tasks.json', 'bashrc.md', 'src/github/workflows.ts']) expect(isProtectedPath(path), path).toBe(false)
    expect(isProtectedPath('GIT~1/config')).toBe(true)
  })
})
