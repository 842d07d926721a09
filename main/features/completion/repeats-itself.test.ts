import { describe, expect, it } from 'vitest'
import { repeatsItself } from './repeats-itself.ts'

describe('repeatsItself', () => {
  it.each([
    ['one letter', 'Z'.repeat(100)],
    ['one letter after others', `const a = ${'Z'.repeat(13)}`],
    ['two letters', 'ab'.repeat(13)],
    ['a short word', 'a, '.repeat(13)],
    ['a closing bracket', ')'.repeat(40)],
    ['a sign outside the basic plane', '😀'.repeat(13)],
    ['an indent first', `${' '.repeat(30)}${'x'.repeat(13)}`],
    ['the first line with text', `\n  ${'Z'.repeat(20)}\n}`],
    ['a rule without end', '='.repeat(400)],
  ])('sees %s', (_name, text) => {
    expect(repeatsItself(text)).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['code', 'return items.map(item => item.name).join(", ")'],
    ['twelve times', 'Z'.repeat(12)],
    ['an indent', `${' '.repeat(200)}return a`],
    ['tabs', `${'\t'.repeat(20)}return a`],
    ['a rule', `// ${'-'.repeat(80)}`],
    ['a double rule', `# ${'='.repeat(100)}`],
    ['a comment of stars', `/${'*'.repeat(78)}/`],
    ['a rule with gaps', '- '.repeat(30)],
    ['a drawn line', '─'.repeat(80)],
    ['what stands on a later line', `return a\n${'Z'.repeat(40)}`],
  ])('lets %s be', (_name, text) => {
    expect(repeatsItself(text)).toBe(false)
  })
})
