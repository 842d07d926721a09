import { openSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readDescriptor, readHidden } from './read-hidden.ts'

function terminal() {
  const modes: boolean[] = []
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (isRaw: boolean) => modes.push(isRaw) })
  const written: string[] = []
  return { input, modes, written, asked: readHidden('Passphrase: ', { input, output: { write: text => written.push(text) } }) }
}

describe('readHidden', () => {
  it('reads a line of the terminal, writes none of it and gives the terminal back', async () => {
    const { input, modes, written, asked } = terminal()
    input.write('correct hörse\r')
    expect(await asked).toBe('correct hörse')
    expect(written.join('')).toBe('Passphrase: \n')
    expect(modes).toEqual([true, false])
  })

  it('takes corrections, a character cut in two, and Ctrl-C', async () => {
    const first = terminal()
    const umlaut = Buffer.from('ö')
    first.input.write('wrong\u0015abx\u007f')
    first.input.write(umlaut.subarray(0, 1))
    first.input.write(Buffer.concat([umlaut.subarray(1), Buffer.from('\n')]))
    expect(await first.asked).toBe('abö')
    const second = terminal()
    second.input.write('half\u0003')
    expect(await second.asked).toBeNull()
    const third = terminal()
    third.input.end()
    expect(await third.asked).toBeNull()
  })

  it('reads the first line where there is no terminal, without a prompt', async () => {
    const written: string[] = []
    const output = { write: (text: string) => written.push(text) }
    expect(await readHidden('Passphrase: ', { input: Readable.from([Buffer.from('from a pi'), Buffer.from('pe\r\nmore')]), output })).toBe('from a pipe')
    expect(await readHidden('Passphrase: ', { input: Readable.from([]), output })).toBeNull()
    expect(written).toEqual([])
  })

  it('reads a descriptor that was handed over, and says so where none is open', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hidden-'))
    writeFileSync(join(folder, 'given'), 'over a descriptor\n')
    expect(await readDescriptor(openSync(join(folder, 'given'), 'r'))).toBe('over a descriptor')
    await expect(readDescriptor(987)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    rmSync(folder, { recursive: true })
  })
})
