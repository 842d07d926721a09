import type { Log } from '../log/log.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { Storage } from '../storage/storage.ts'
import type { VaultSecrets } from './vault-secrets.ts'

/** Shows the redactor each stored value, now and when one changes or the vault opens; a locked vault makes it forget them. Returns how to stop. */
export function maskOwnSecrets({ secrets, storage, redactor, log }: { secrets: VaultSecrets; storage: Storage; redactor: Redactor; log: Log }): () => void {
  const refresh = (): void => {
    try {
      redactor.known.set(show => {
        if (storage.problem) return
        secrets.eachValue((_, value) => {
          show(value.toString('utf8'))
        })
      })
    } catch (error) {
      log.error('Stored secrets cannot be read to mask them', { name: error instanceof Error ? error.name : typeof error })
    }
  }
  refresh()
  const stops = [secrets.onValueChange(refresh), storage.onChange(refresh)]
  return () => {
    for (const stop of stops) stop()
    redactor.known.set(() => undefined)
  }
}
