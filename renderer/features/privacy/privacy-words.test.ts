import { describe, expect, it } from 'vitest'
import type { Enforcement } from '#shared/contract/privacy.ts'
import { enforcedBy, pillWords } from './privacy-words.ts'

const model = (level: Enforcement['level']): Enforcement => ({ process: 'inference', level, statement: '' })
const pill = (isModelIsolated: boolean, level: Enforcement['level']) => pillWords({ type: 'snapshot', isModelIsolated, enforcement: [model(level)] })

describe('privacy words', () => {
  it('draws the accent only where the operating system isolates the model', () => {
    expect(pill(true, 'os').tone).toBe('accent')
    expect([pill(false, 'design').tone, pill(false, 'none').tone, pillWords(null).tone]).toEqual(['plain', 'plain', 'plain'])
    expect(pill(false, 'design').sentence).toMatch(/does not let Cortex cut/)
  })

  it('never calls the open terminal or the key file a protection', () => {
    expect(enforcedBy({ process: 'terminal', level: 'none', statement: '' })).toEqual({ words: 'Not restricted', tone: 'warn' })
    expect(enforcedBy({ process: 'storage', level: 'none', statement: '' }).words).toBe('No protection')
    expect(enforcedBy(model('design')).words).toMatch(/enforced by nothing/)
  })
})
