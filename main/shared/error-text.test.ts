import { expect, test } from 'vitest'
import { errorText, errorTextOf, sizeText } from './error-text.ts'
import { AppError, errorCatalog, type ErrorCode } from './errors.ts'

const data = { path: 'a.txt', reason: 'Because.', sizeBytes: 1, limitBytes: 2, name: 'a/b', id: 'm', neededBytes: 1e9, freeBytes: 1e6, promptTokens: 9000, availableTokens: 5, contextTokens: 8192, worker: 'pty', crashes: 3, shell: 'sh', problems: ['One.'], key: 'k', port: 1, architecture: 'x', version: null, workspaceId: 'w' }

test.each(Object.keys(errorCatalog) as ErrorCode[])('%s says what, why and what to do, in whole sentences', code => {
  const words = errorText(code, data)
  for (const line of Object.values(words) as string[]) {
    expect(line).toMatch(/^\S.*[.]$/)
    expect(line).not.toMatch(/undefined|NaN|!/)
  }
})

test('sizes carry units', () => {
  expect([sizeText(0), sizeText(999), sizeText(1000), sizeText(1_234_567), sizeText(2e15)]).toEqual(['0 B', '999 B', '1.0 kB', '1.2 MB', '2000.0 TB'])
})

test('a fault without a code still has words', () => {
  expect(errorTextOf(new Error('Boom')).why).toBe('Boom')
  expect(errorTextOf(undefined).why).toBe('It gave no reason.')
  expect(errorTextOf(new AppError('PORT_IN_USE', { port: 80 })).what).toBe('Port 80 is taken.')
})
