import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { implement } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { models } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { FakeLog } from '../platform/log/fake-log.ts'
import { takeProfileLock } from '../platform/profile/profile-lock.ts'
import { controlPath } from '../transport/control-path.ts'
import { listenForControl } from '../transport/control-server.ts'
import { createRpcServer } from '../transport/rpc-server.ts'
import { handModelOver, handOver } from './hand-over.ts'

const line = { url: 'http://127.0.0.1:1/#code=x', token: 't', pid: 1 }
const model = { name: 'A model', sizeBytes: 1, architecture: 'llama', parameters: 1, quantization: 'Q8_0', contextLength: 1, canChat: true, canFill: true, isStarter: false }
const log = new FakeLog()
let folder = ''
let did: string[] = []
let told = ''
let isFull = false
let close: (() => Promise<void>) | null = null

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cortex-hand-over-')))
  did = []
  told = ''
  isFull = false
  vi.spyOn(process.stderr, 'write').mockImplementation(text => ((told += String(text)), true))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await close?.()
  close = null
  rmSync(folder, { recursive: true, force: true })
})

async function listen(): Promise<void> {
  const os = implement(models)
  const router = {
    models: {
      add: os.add.handler(({ input: { path }, errors }) => {
        if (path === '/nope.gguf') throw errors.FILE_NOT_FOUND({ data: { path } })
        did.push(`add ${path}`)
        return { ...model, id: 'its-id', path }
      }),
      load: os.load.handler(({ input: { id }, errors }) => {
        did.push(`load ${id}`)
        if (isFull) throw errors.MODEL_OUT_OF_MEMORY({ data: { id, neededBytes: 2, freeBytes: 1 } })
        return { status: 'loading' as const, modelId: id, ratio: 1 }
      }),
    },
  }
  const open = async (wanted: string | null): Promise<typeof line> => {
    if (wanted === '/missing') throw new AppError('FOLDER_NOT_FOUND', { path: wanted })
    did.push(`open ${wanted ?? 'nothing'}`)
    return line
  }
  ;({ close } = await listenForControl({ path: controlPath(folder), rpc: createRpcServer(router, log, 'control'), log, open }))
}

describe('a second start', () => {
  test('hands its folder and its model over, and says that the model is being loaded', async () => {
    await listen()
    const handed = await handOver(controlPath(folder), '/project', '/a.gguf')
    expect(handed?.line).toEqual(line)
    expect(did).toEqual(['add /a.gguf', 'open /project'])
    expect(told).toBe('')
    await handed?.loadModel()
    expect(did.at(-1)).toBe('load its-id')
    expect(told).toBe('The running Cortex is loading “/a.gguf”.\n')
  })

  test('says nothing of a model where it names none', async () => {
    await listen()
    const handed = await handOver(controlPath(folder), null, null)
    await handed?.loadModel()
    expect(did).toEqual(['open nothing'])
    expect(told).toBe('')
  })

  test('opens nothing when its model is wrong, and loads nothing when its folder is', async () => {
    await listen()
    await expect(handOver(controlPath(folder), '/project', '/nope.gguf')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', data: { path: '/nope.gguf' } })
    expect(did).toEqual([])
    await expect(handOver(controlPath(folder), '/missing', '/a.gguf')).rejects.toMatchObject({ code: 'FOLDER_NOT_FOUND' })
    expect(did).toEqual(['add /a.gguf'])
  })

  test('tells why its model did not load', async () => {
    await listen()
    isFull = true
    const handed = await handOver(controlPath(folder), null, '/a.gguf')
    await expect(handed?.loadModel()).rejects.toMatchObject({ code: 'MODEL_OUT_OF_MEMORY' })
  })

  test('finds nobody where no host listens', async () => {
    expect(await handOver(controlPath(folder), null, null)).toBeNull()
    expect(await handOver(controlPath(folder), null, '/a.gguf')).toBeNull()
  })
})

describe('a model alone', () => {
  test('goes to the host that holds the profile', async () => {
    const lock = takeProfileLock(folder)
    await listen()
    await handModelOver(folder, '/a.gguf')
    expect(did).toEqual(['add /a.gguf', 'load its-id'])
    expect(told).toContain('/a.gguf')
    await expect(handModelOver(folder, '/nope.gguf')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
    lock?.release()
  })

  test('is told when the host has ended', async () => {
    await expect(handModelOver(folder, '/a.gguf')).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' })
    takeProfileLock(folder)?.release()
  })
})
