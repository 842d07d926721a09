import { beforeEach, describe, expect, it } from 'vitest'
import { pickProviderFor, registerPickProvider, useQuickPick, type PickProvider } from './quick-pick.ts'

const provider = (id: string, prefix: string, isAvailable = true): PickProvider => ({ id, prefix, title: id, placeholder: '', emptyText: '', isAvailable: () => isAvailable, find: () => ({ items: [] }) })

beforeEach(() => useQuickPick.setState({ providers: [] }))

describe('quick pick', () => {
  it('takes the mode with the longest prefix', () => {
    const modes = [provider('files', ''), provider('commands', '>'), provider('deep', '>>')]
    expect(pickProviderFor(modes, 'main')?.id).toBe('files')
    expect(pickProviderFor(modes, '>save')?.id).toBe('commands')
    expect(pickProviderFor(modes, '>>x')?.id).toBe('deep')
  })

  it('falls back to commands where files cannot be found', () => {
    const modes = [provider('files', '', false), provider('commands', '>')]
    expect(pickProviderFor(modes, 'main')?.id).toBe('commands')
    expect(pickProviderFor([], 'main')).toBeNull()
  })

  it('replaces a provider of the same id and takes only its own away', () => {
    const takeFirst = registerPickProvider(provider('files', ''))
    registerPickProvider(provider('files', ''))
    takeFirst()
    expect(useQuickPick.getState().providers).toHaveLength(1)
  })
})
