import { beforeEach, describe, expect, it } from 'vitest'
import { closePage, closePages, takeClosedPage } from './close-page.ts'
import type { Page } from './feature.ts'
import { useFeatureList } from './feature-list.ts'
import { activatePage, dropPage, openPage, updatePage, usePages } from './pages.ts'

const page = (name: string, more: Partial<Page> = {}): Page => ({ id: `file:${name}`, kind: 'file', title: name, ...more })
const open = (): string[] => usePages.getState().pages.map(({ title }) => title)
const active = (): string | null => usePages.getState().activeId

beforeEach(() => {
  usePages.setState({ pages: [], activeId: null })
  useFeatureList.setState({ pageKinds: new Map() })
})

describe('pages', () => {
  it('opens once and brings what is open to the front', () => {
    openPage(page('a'))
    openPage(page('b'))
    openPage(page('a'))
    expect(open()).toEqual(['a', 'b'])
    expect(active()).toBe('file:a')
  })

  it('replaces a preview by the next preview, but never one with changes', () => {
    openPage(page('a', { isPreview: true }))
    openPage(page('b', { isPreview: true }))
    expect(open()).toEqual(['b'])
    updatePage('file:b', { isDirty: true })
    openPage(page('c', { isPreview: true }))
    expect(open()).toEqual(['b', 'c'])
  })

  it('keeps a preview that is opened for good, with its dirty mark', () => {
    openPage(page('a', { isPreview: true }))
    updatePage('file:a', { isDirty: true })
    openPage(page('a'))
    expect(usePages.getState().pages[0]).toMatchObject({ isPreview: false, isDirty: true })
  })

  it('goes to the neighbour when the active tab goes away', () => {
    for (const name of ['a', 'b', 'c']) openPage(page(name))
    activatePage('file:b')
    dropPage('file:b')
    expect(active()).toBe('file:c')
    dropPage('file:c')
    expect(active()).toBe('file:a')
    dropPage('file:a')
    expect(active()).toBeNull()
  })
})

describe('closing pages', () => {
  const allow = new Set<string>()
  beforeEach(() => {
    globalThis.requestAnimationFrame = () => 0
    allow.clear()
    const kind = { kind: 'file', component: () => null, beforeClose: async ({ title }: Page) => allow.has(title) }
    useFeatureList.setState({ pageKinds: new Map([['file', kind as never]]) })
    for (const name of ['a', 'b', 'c']) openPage(page(name))
  })

  it('asks the kind first', async () => {
    expect(await closePage('file:a')).toBe(false)
    allow.add('a')
    expect(await closePage('file:a')).toBe(true)
    expect(open()).toEqual(['b', 'c'])
    expect(await closePage('file:gone')).toBe(true)
  })

  it('stops at the first of several that stays', async () => {
    allow.add('a')
    allow.add('c')
    expect(await closePages(['file:a', 'file:b', 'file:c'])).toBe(false)
    expect(open()).toEqual(['b', 'c'])
  })

  it('opens what was closed last, unless it is open again', async () => {
    for (const name of ['a', 'b']) {
      allow.add(name)
      await closePage(`file:${name}`)
    }
    openPage(page('b'))
    expect(takeClosedPage()?.title).toBe('a')
  })
})
