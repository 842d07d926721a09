import type { Client } from '#shared/contract/index.ts'
import { AppError } from '#shared/errors.ts'
import { connectToRunningHost, openInRunningHost } from '../transport/control-client.ts'
import type { HostLine } from '../transport/control-messages.ts'
import { leadOrJoin } from './lead-or-join.ts'

export interface HandOver {
  line: HostLine
  /** Says on stderr that the model is being loaded and waits for it; nothing where none was named. Throws as `models.load`. Call it once. */
  loadModel: () => Promise<void>
}

/** Hands a folder and a GGUF file (absolute paths) to the running host; null where none listens. Throws what is wrong with either, before anything opens. */
export async function handOver(control: string, folder: string | null, model: string | null): Promise<HandOver | null> {
  if (model === null) {
    const line = await openInRunningHost(control, folder)
    return line && { line, loadModel: async () => undefined }
  }
  const running = await connectToRunningHost(control)
  if (!running) return null
  const { client, close } = running
  try {
    const added = await client.models.add({ path: model })
    const line = await openInRunningHost(control, folder)
    if (!line) throw new AppError('HOST_UNREACHABLE', { reason: 'the running host ended' })
    const loadModel = async (): Promise<void> => {
      sayLoading(model)
      try {
        await client.models.load({ id: added.id })
      } finally {
        close()
      }
    }
    return { line, loadModel }
  } catch (error) {
    close()
    throw error
  }
}

/** Has the host that holds the profile, or is about to, load a GGUF file. Throws as `models.add` and `models.load`. */
export async function handModelOver(stateFolder: string, model: string): Promise<void> {
  const { lock, running } = await leadOrJoin(stateFolder, connectToRunningHost)
  if (!running) {
    lock.release()
    throw new AppError('HOST_UNREACHABLE', { reason: 'the running host ended' })
  }
  try {
    await useModel(running.client, model, () => {
      sayLoading(model)
    })
  } finally {
    running.close()
  }
}

/** Adds a GGUF file and loads it; calls back once its header has been found good. */
export async function useModel(client: Client, file: string, onAdded: () => void = () => undefined): Promise<void> {
  const { id } = await client.models.add({ path: file })
  onAdded()
  await client.models.load({ id })
}

function sayLoading(model: string): void {
  process.stderr.write(`The running Cortex is loading “${model}”.\n`)
}
