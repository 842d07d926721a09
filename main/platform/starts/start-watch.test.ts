import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StartWatch } from './start-watch.ts'

let stateFolder: string
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'cortex-starts-'))
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(stateFolder, { recursive: true, force: true })
})
const start = (change: Partial<ConstructorParameters<typeof StartWatch>[0]> = {}): StartWatch => new StartWatch({ stateFolder, ...change })
const killed = (): void => start().ready()

describe('StartWatch', () => {
  it('goes safe at the third start after two that were killed, and counts afresh once one went well', () => {
    killed()
    killed()
    const third = start()
    expect(third.isSafe).toBe(true)
    third.ready()
    vi.advanceTimersByTime(10_000)
    third.dispose()
    expect(existsSync(join(stateFolder, 'starts'))).toBe(false)
    expect(start().isSafe).toBe(false)
  })

  it('counts a page that never stood, though the host was ended in order', () => {
    for (let index = 0; index < 2; index += 1) {
      const one = start()
      one.ready()
      one.pageOpening()
      vi.advanceTimersByTime(60_000)
      one.dispose()
    }
    const safe = start()
    expect(safe.isSafe).toBe(true)
    safe.ready()
    safe.pageOpening()
    vi.advanceTimersByTime(10_000)
    safe.pageReady()
    expect(start().isSafe).toBe(false)
  })

  it('does not count a start that a person ended early', () => {
    for (let index = 0; index < 4; index += 1) {
      const one = start()
      one.ready()
      one.dispose()
    }
    expect(start().isSafe).toBe(false)
  })

  it('is safe when asked, until it is left', () => {
    const one = start({ isWanted: true })
    const told = vi.fn()
    const stop = one.onChange(told)
    expect(one.isSafe).toBe(true)
    one.leaveSafeMode()
    expect(one.isSafe).toBe(false)
    expect(told).toHaveBeenCalledOnce()
    stop()
  })

  it('takes a marker that is broken for none, and does without one that cannot be written', () => {
    for (const text of ['', 'x', '-1', '99999', '2\n', '{']) {
      writeFileSync(join(stateFolder, 'starts'), text)
      expect(start().isSafe, text).toBe(false)
    }
    expect(readFileSync(join(stateFolder, 'starts'), 'utf8')).toBe('1')
    writeFileSync(join(stateFolder, 'file'), '')
    expect(start({ stateFolder: join(stateFolder, 'file', 'deep') }).isSafe).toBe(false)
  })

  it('counts nothing where it is told not to', () => {
    for (let index = 0; index < 4; index += 1) expect(start({ isCounting: false }).isSafe).toBe(false)
    expect(existsSync(join(stateFolder, 'starts'))).toBe(false)
  })
})
