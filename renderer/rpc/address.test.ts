import { describe, expect, it } from 'vitest'
import { parseFragment } from './address.ts'

describe('parseFragment', () => {
  it.each([
    ['#code=abc&workspace=w1', { code: 'abc', workspaceId: 'w1' }],
    ['#workspace=w1', { code: null, workspaceId: 'w1' }],
    ['#code=', { code: null, workspaceId: null }],
    ['', { code: null, workspaceId: null }],
  ])('reads %s', (fragment, expected) => {
    expect(parseFragment(fragment)).toEqual(expected)
  })
})
