import { describe, expect, it } from 'vitest'
import { highest, maySend } from './sensitivity.ts'

describe('maySend', () => {
  it('sends a secret nowhere, what is internal to this machine alone, and what is public anywhere', () => {
    const table = (['public', 'internal', 'secret'] as const).map(label => [maySend(label, 'local'), maySend(label, 'remote')])
    expect(table).toEqual([[true, true], [true, false], [false, false]])
  })

  it('sends nothing where the label or the destination is not known', () => {
    for (const label of [null, undefined, 'PUBLIC' as never, '' as never, 0 as never]) for (const destination of ['local', 'remote'] as const) expect(maySend(label, destination)).toBe(false)
    for (const destination of [null, undefined, '' as never, 'LOCAL' as never]) for (const label of ['public', 'internal', 'secret'] as const) expect(maySend(label, destination)).toBe(false)
  })
})

describe('highest', () => {
  it('takes the most sensitive label, and secret for what is none', () => {
    expect(highest([])).toBe('public')
    expect(highest(['public', 'internal', 'public'])).toBe('internal')
    expect(highest(['secret', 'public'])).toBe('secret')
    expect(highest(['public', 'nonsense' as never])).toBe('secret')
  })
})
