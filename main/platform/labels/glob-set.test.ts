import fc from 'fast-check'
import { expect, it } from 'vitest'
import { protectedGlobs, secretRules, sharedNames } from './built-in-rules.ts'
import { GlobSet } from './glob-set.ts'
import { compileGlob, globProblem } from './globs.ts'

const builtIn = [...secretRules.flatMap(({ globs }) => globs), ...sharedNames, ...protectedGlobs]

/** What the patterns mean when each is asked for every part. */
function one(glob: string, form: string): boolean {
  const { means, expression } = compileGlob(glob)
  const parts = form.split('/')
  if (means === 'path') return expression.test(form)
  return (means === 'name' ? parts : parts.slice(0, -1)).some(part => expression.test(part))
}

const piece = fc.constantFrom('.', 'a', 'b', 'env', '.env', 'key', '-', '_', '*', '?', '[ab]', '[.]', '{a,b}', '{a/b,c}', '{', '}', '[', ']', ',', '/', '**', '/**/', 'ß', ' ', '~', '$', '@', '+')
const glob = fc.oneof(fc.constantFrom(...builtIn), fc.array(piece, { minLength: 1, maxLength: 6 }).map(pieces => pieces.join('')).filter(text => globProblem(text) === null))
const name = fc.oneof(
  fc.constantFrom('.env', 'a.env', 'id_rsa', 'x.pem', '.ssh', 'credentials.json', 'db-secrets.yml', '.config', 'gcloud', '.git', 'config', 'a', 'b', 'ab', '.', '..', '', 'key', 'a.key', '{', '[', 'c'),
  fc.array(fc.constantFrom('.', 'a', 'b', 'env', 'key', '-', '_', '{', '[', 'ß', ' ', ',', '\n'), { maxLength: 5 }).map(pieces => pieces.join('')),
)
const form = fc.array(name, { minLength: 1, maxLength: 5 }).map(names => names.join('/'))

it('means with many patterns what each means alone', () => {
  fc.assert(
    fc.property(fc.array(glob, { maxLength: 8 }), form, (globs, path) => {
      const set = new GlobSet(globs.map(text => compileGlob(text)))
      expect(set.matching(path)).toEqual(globs.flatMap((text, index) => (one(text, path) ? [index] : [])))
    }),
    { numRuns: 1500 },
  )
})

it('means with each pattern that is built in what it means alone', () => {
  const set = new GlobSet(builtIn.map(text => compileGlob(text)))
  fc.assert(
    fc.property(form, path => {
      expect(set.matching(path)).toEqual(builtIn.flatMap((text, index) => (one(text, path) ? [index] : [])))
    }),
    { numRuns: 300 },
  )
})
