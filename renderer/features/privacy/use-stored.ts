import { create } from 'zustand'
import type { StorageState } from '#shared/contract/storage.ts'
import { client } from '../../rpc/client.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { notify } from '../../shell/notices.ts'

/** What is kept; the section on the page follows it. Null until it is known. */
export const useStored = create<{ state: StorageState | null }>(() => ({ state: null }))

export async function backUpNow(): Promise<void> {
  await told(async () => {
    await client.storage.backUp()
    return 'The backup was written and checked.'
  })
}

export async function restoreBackup(): Promise<void> {
  await told(async () => {
    await client.storage.restore()
    return 'The backup is in place.'
  })
}

export async function startAnew(): Promise<void> {
  await told(async () => {
    const { setAside } = await client.storage.startAnew()
    return setAside === null ? 'An empty database was begun.' : `An empty database was begun. The former one is ${setAside}.`
  })
}

/** Does it and says what came of it; what failed is told too. */
async function told(work: () => Promise<string>): Promise<void> {
  try {
    notify({ tone: 'info', text: await work() })
  } catch (error) {
    reportFailure(error)
  }
}
