import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretRules, sharedNames } from './built-in-rules.ts'
import { globProblem } from './globs.ts'
import { RuleSet, type WrittenRule } from './rule-set.ts'

const builtIn = new RuleSet({ user: [], folder: [] })
const labelOf = (path: string, user: WrittenRule[] = [], folder: WrittenRule[] = []): string => new RuleSet({ user, folder }).verdict(path).label

describe('built-in rules', () => {
  it.each([
    '.env', '.env.local', 'app/.env.production', 'prod.env', '.envrc', 'certs/server.pem', 'server.key', 'id_rsa', 'id_ed25519.bak', 'store.p12', 'a.pfx', 'a.jks', 'a.keystore', 'a.kdbx', '.ssh/config', 'home/.aws/credentials', '.gnupg/pubring.kbx',
    '.kube/config', '.docker/config.json', '.npmrc', '.pypirc', '.netrc', '.git-credentials', '.git/config', 'credentials', 'credentials.json', 'secrets.yaml', 'k8s/db-secrets.yml', 'main.tfstate', 'main.tfstate.backup', 'prod.tfvars', 'prod.tfvars.json',
    'my-service-account.json', 'app-firebase-adminsdk-x.json', '.htpasswd', '.bash_history', '.python_history', '.cortex/settings.jsonc', '.cortex/privacy.jsonc', '.ssh/key.pub',
  ])('%s is secret', path => expect(builtIn.verdict(path)).toMatchObject({ label: 'secret', source: 'built-in' }))

  it.each(['README.md', 'src/app.ts', '.env.example', 'app/.env.sample', '.env.template', '.env.local.dist', 'prod.tfvars.example', 'id_rsa.pub', 'src/credentials.ts', 'src/secrets/index.ts', 'environment.ts', 'keys.ts', 'docs/env.md', '.github/workflows/ci.yml'])(
    '%s is internal',
    path => expect(builtIn.verdict(path)).toMatchObject({ label: 'internal', source: 'default' }),
  )

  it('are patterns that a file of rules could hold', () => {
    for (const glob of [...secretRules.flatMap(({ globs }) => globs), ...sharedNames]) expect(globProblem(glob), glob).toBeNull()
  })

  it('know a place by where it lies on the disk', () => {
    expect(builtIn.verdict('config', '/home/ada/.ssh/config').label).toBe('secret')
    expect(builtIn.needsAbsolute('/home/ada/.ssh')).toBe(true)
    expect(builtIn.needsAbsolute('/home/ada/project')).toBe(false)
  })
})

describe('rules of a person and of a folder', () => {
  it('let the person lower and raise, the last one counting', () => {
    expect(labelOf('.env.test', [{ glob: '.env.test', label: 'internal' }])).toBe('internal')
    expect(labelOf('docs/a.md', [{ glob: 'docs/', label: 'public' }])).toBe('public')
    expect(labelOf('docs/plan.md', [{ glob: 'docs/', label: 'public' }, { glob: 'plan.md', label: 'secret' }])).toBe('secret')
    expect(labelOf('plan.md', [{ glob: '*.md', label: 'secret' }, { glob: '/elsewhere/*.md', label: 'public' }])).toBe('secret')
  })

  it('let an absolute rule of the person hold for one folder alone', () => {
    const rules = new RuleSet({ user: [{ glob: '/home/ada/demo/.env', label: 'public' }], folder: [] })
    expect(rules.verdict('.env', '/home/ada/demo/.env').label).toBe('public')
    expect(rules.verdict('.env', '/home/ada/work/.env').label).toBe('secret')
    expect(rules.needsAbsolute('/home/ada/work')).toBe(true)
  })

  it('let a folder only raise', () => {
    expect(labelOf('customers/a/b.csv', [], [{ glob: 'customers/', label: 'secret' }])).toBe('secret')
    expect(labelOf('customers', [], [{ glob: 'customers/', label: 'secret' }])).toBe('internal')
    expect(labelOf('src/a.ts', [{ glob: 'src/', label: 'public' }], [{ glob: 'src/**', label: 'internal' }])).toBe('internal')
    expect(labelOf('.env', [], [{ glob: '.env', label: 'public' }, { glob: '**', label: 'internal' }])).toBe('secret')
  })

  it('never lets a folder lower a label, whatever its file says', () => {
    const glob = fc.constantFrom('**', '.env', '*', '.env*', 'src/', '/src/a.ts', '*.{ts,env}', '[.]env', '?env', 'src/**/*')
    const rule = fc.record({ glob, label: fc.constantFrom('public', 'internal', 'secret') })
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), fc.array(rule, { maxLength: 4 }), fc.constantFrom('.env', 'src/a.ts', 'src/.ssh/id_rsa', 'README.md'), (user, folder, path) => {
        const order = ['public', 'internal', 'secret']
        expect(order.indexOf(labelOf(path, user, folder))).toBeGreaterThanOrEqual(order.indexOf(labelOf(path, user, [])))
      }),
    )
  })
})

describe('names in other spellings', () => {
  it('keep the label under any change that a file system passes over', () => {
    const changes = [
      (name: string) => name.toUpperCase(),
      (name: string) => `${name}.`,
      (name: string) => `${name} `,
      (name: string) => `${name}::$DATA`,
      (name: string) => `${name}:stream`,
      (name: string) => name.replace('n', 'n\u200d'),
      (name: string) => [...name].map(sign => (sign > ' ' && sign <= '~' && sign !== '/' ? String.fromCodePoint(sign.charCodeAt(0) + 0xfee0) : sign)).join(''),
      (name: string) => name.replaceAll('/', '\\'),
      (name: string) => `./${name}`,
      (name: string) => `x/../${name}`,
    ]
    const names = fc.constantFrom('.env', 'a/.env.local', '.ssh/id_rsa', 'b/credentials.json', 'c/key.pem', '.netrc')
    fc.assert(
      fc.property(names, fc.array(fc.constantFrom(...changes), { maxLength: 4 }), (name, chosen) => {
        expect(builtIn.verdict(chosen.reduce<string>((text, change) => change(text), name)).label).toBe('secret')
      }),
      { numRuns: 500 },
    )
  })

  it('are judged for any text at all, and a path too long or too deep is secret', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), path => ['internal', 'secret'].includes(builtIn.verdict(path).label)))
    expect(builtIn.verdict('a/'.repeat(70)).rule).toBe('path too long to check')
    expect(builtIn.verdict('a'.repeat(3000)).label).toBe('secret')
  })

  it('fold letters of rules as those of names', () => {
    expect(labelOf('cafe\u0301/PLÄNE.txt', [], [{ glob: 'caf\u00e9/pläne.txt', label: 'secret' }])).toBe('secret')
    expect(labelOf('kunden\u017fchutz.csv', [], [{ glob: 'KUNDENSCHUTZ.*', label: 'secret' }])).toBe('secret')
  })
})
