import { expect, it } from 'vitest'
import { chooseScope } from './choose-scope.ts'

it.each([
  ['function f() {\n  ', '\n}\n', 'block'],
  ['function f() {\n', '}\n', 'line'],
  ['function f() {\n  ', '\n  return 1\n}\n', 'line'],
  ['def f():\n    ', '\n\ndef g():', 'block'],
  ['def f():\n    ', '', 'block'],
  ['const f = () =>\n  ', '\nconst g = 1', 'block'],
  ['class A { // a class\n  ', '\n}', 'block'],
  ['const a = ', '\n', 'line'],
  ['  ', '\n', 'line'],
  ['const a = 1\n', '\nconst b = 2', 'line'],
])('after %j and before %j it is a %s', (prefix, suffix, scope) => {
  expect(chooseScope(prefix, suffix)).toBe(scope)
})
