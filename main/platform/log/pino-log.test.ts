import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Redactor } from '../redaction/redactor.ts'
import { openPinoLog } from './pino-log.ts'
import { RotatingFile } from './rotating-file.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'log-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

describe('openPinoLog', () => {
  it('writes lines of JSON and keeps the newest in memory', () => {
    const book = openPinoLog(folder, new Redactor())
    const heard: string[] = []
    const stop = book.onLine(line => heard.push(line.message))
    book.log.info('Started', { pid: 5 })
    book.log.scope('inference').error('Crashed', { code: 7 })
    stop()
    book.log.warn('Odd')
    book.log.debug('Not at this level')
    book.close()
    const written = fs.readFileSync(book.file, 'utf8').trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
    expect(written).toMatchObject([
      { level: 'info', scope: 'cortex', msg: 'Started', pid: 5 },
      { level: 'error', scope: 'inference', msg: 'Crashed', code: 7 },
      { level: 'warn', msg: 'Odd' },
    ])
    expect(book.lines().map(line => [line.sequence, line.level, line.scope, line.message])).toEqual([
      [1, 'info', 'cortex', 'Started'],
      [2, 'error', 'inference', 'Crashed'],
      [3, 'warn', 'cortex', 'Odd'],
    ])
    expect(heard).toEqual(['Started', 'Crashed'])
  })

  it('keeps 2,000 lines in memory', () => {
    const book = openPinoLog(folder, new Redactor(), 'debug')
    for (let index = 0; index < 2100; index++) book.log.debug(`Line ${index}`)
    expect(book.lines()).toHaveLength(2000)
    expect(book.lines()[0]?.message).toBe('Line 100')
    book.close()
  })
})

describe('RotatingFile', () => {
  it.skipIf(process.platform === 'win32')('is for its owner alone, also when it stood there before (skipped on Windows: it needs POSIX)', () => {
    fs.writeFileSync(join(folder, 'a.log'), 'before\n', { mode: 0o644 })
    const file = new RotatingFile(folder, 'a.log')
    file.write('x\n')
    file.close()
    expect(fs.statSync(file.path).mode & 0o777).toBe(0o600)
    expect(fs.readFileSync(file.path, 'utf8')).toBe('before\nx\n')
  })

  it('moves full files aside and keeps three', () => {
    const file = new RotatingFile(folder, 'a.log', 10, 2)
    for (let index = 0; index < 10; index++) file.write(`line ${index} is long\n`)
    file.close()
    file.close()
    expect(fs.readdirSync(folder).sort()).toEqual(['a.log', 'a.log.1', 'a.log.2'])
    expect(fs.readFileSync(join(folder, 'a.log'), 'utf8')).toBe('line 9 is long\n')
    expect(fs.readFileSync(join(folder, 'a.log.2'), 'utf8')).toBe('line 7 is long\n')
  })

  it('loses lines rather than failing where it cannot write', () => {
    const file = new RotatingFile(join(folder, 'absent'), 'a.log')
    file.write('x\n')
    fs.mkdirSync(join(folder, 'absent'))
    file.write('y\n')
    file.close()
    expect(fs.readFileSync(file.path, 'utf8')).toBe('y\n')
  })
})
