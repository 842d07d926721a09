import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitGroups, groupOf, neighbourOf, replaceInGroups, splitGroup } from './terminal-groups.ts'

describe('terminal groups', () => {
  it('fits whatever was kept to the terminals that stand, each exactly once', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'))), fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'e')), (junk, kept, ids) => {
        for (const one of [junk, kept]) {
          const groups = fitGroups(one, ids)
          expect(groups.flat().toSorted()).toEqual([...ids].toSorted())
          expect(groups.every(group => group.length > 0)).toBe(true)
        }
      }),
    )
  })

  it('splits, replaces and finds who comes next', () => {
    const groups = [['a'], ['b', 'c']]
    expect(splitGroup([['a'], ['b'], ['n']], 'a', 'n')).toEqual([['a', 'n'], ['b']])
    expect(replaceInGroups([...groups, ['n']], 'b', 'n')).toEqual([['a'], ['n', 'c']])
    expect(groupOf(groups, 'c')).toEqual(['b', 'c'])
    expect(groupOf(groups, null)).toEqual([])
    expect(['a', 'b', 'c'].map(id => neighbourOf(groups, id))).toEqual(['b', 'c', 'b'])
    expect(neighbourOf([['a']], 'a')).toBeNull()
  })
})
