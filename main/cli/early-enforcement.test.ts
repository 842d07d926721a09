import { describe, expect, it } from 'vitest'
import { wantsNoEnforcement } from './early-enforcement.ts'

describe('wantsNoEnforcement', () => {
  it.each([['doctor --no-enforcement'], ['doctor --egress --no-enforcement --json'], ['--model a.gguf doctor --egress --no-enforcement'], ['--passphrase-fd 3 doctor --no-enforcement'], ['--model=doctor doctor --no-enforcement']])('is so for: %s', words => {
    expect(wantsNoEnforcement(words.split(' '))).toBe(true)
  })

  it.each([['doctor --egress'], ['--no-enforcement doctor'], ['ask doctor --no-enforcement'], ['--model doctor ask --no-enforcement'], ['doctor -- --no-enforcement'], ['serve --no-enforcement'], ['']])('is not so for: %s', words => {
    expect(wantsNoEnforcement(words.split(' '))).toBe(false)
  })
})
