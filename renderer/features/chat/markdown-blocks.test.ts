import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markdownBlocks } from './markdown-blocks.ts'

const line = fc.oneof(
  fc.constantFrom('', '', 'plain words', '- item', '  more', '1. one', '```ts', '```', '````', '~~~', '~~~~', '> quote', '# head', '    code', '| a | b |', '|---|---|', '<b>', '\ttab', '   ', '``` not `code`'),
  fc.string({ maxLength: 12 }),
)
const document = fc.array(line, { maxLength: 40 }).map(lines => lines.join('\n'))

describe('markdown blocks', () => {
  it('gives the whole text back', () => {
    fc.assert(fc.property(document, text => markdownBlocks(text).join('') === text), { numRuns: 2000 })
  })

  it('never changes a piece before the last when text is appended', () => {
    fc.assert(
      fc.property(document, document, (text, more) => {
        const before = markdownBlocks(text).slice(0, -1)
        expect(markdownBlocks(text + more).slice(0, before.length)).toEqual(before)
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps a fenced block in one piece, blank lines and other fences inside it', () => {
    const code = '````md\nfirst\n\n```\ninner\n```\n\nlast\n````\n'
    expect(markdownBlocks(`Before\n${code}After`)).toEqual(['Before\n', code, 'After'])
  })

  it('keeps a list with gaps, code and continued items in one piece', () => {
    const list = '1. one\n\n   more\n\n   ```js\n   a\n\n   b\n   ```\n\n2. two\n\n'
    expect(markdownBlocks(`${list}Then words\n`)).toEqual([list, 'Then words\n'])
  })

  it('cuts paragraphs at blank lines', () => {
    expect(markdownBlocks('one\ntwo\n\nthree\n\nfour')).toEqual(['one\ntwo\n\n', 'three\n\nfour'])
    expect(markdownBlocks('')).toEqual([])
  })
})
