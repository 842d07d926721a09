import { z } from 'zod'
import type { UnsavedBuffer } from '#shared/contract/buffers.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Collection, Storage } from '../../platform/storage/storage.ts'
import type { WorkspacesService } from '../workspaces/workspaces-service.ts'

const KeptBuffer = z.object({ text: z.string(), baseVersion: z.string().nullable(), savedAt: z.coerce.date() })
type KeptBuffer = z.infer<typeof KeptBuffer>

interface Place {
  workspaceId: string
  path: string
}

/** Text that was typed and not saved; it survives the death of any process. */
export class BuffersService {
  readonly #kept: Collection<KeptBuffer>
  readonly #workspaces: WorkspacesService
  readonly #clock: Clock

  constructor({ storage, workspaces, clock }: { storage: Storage; workspaces: WorkspacesService; clock: Clock }) {
    this.#kept = storage.collection('buffers', KeptBuffer)
    this.#workspaces = workspaces
    this.#clock = clock
  }

  async list(workspaceId: string): Promise<UnsavedBuffer[]> {
    await this.#workspaces.get(workspaceId)
    const prefix = keyOf({ workspaceId, path: '' })
    return this.#kept.entries(prefix).map(({ key, value }) => ({ path: key.slice(prefix.length), ...value }))
  }

  async keep(place: Place, { text, baseVersion }: { text: string; baseVersion: string | null }): Promise<void> {
    await this.#workspaces.get(place.workspaceId)
    this.#kept.put(keyOf(place), { text, baseVersion, savedAt: this.#clock.now() })
  }

  async discard(place: Place): Promise<void> {
    await this.#workspaces.get(place.workspaceId)
    this.#kept.delete(keyOf(place))
  }
}

function keyOf({ workspaceId, path }: Place): string {
  return `${workspaceId}\n${path}`
}
