import { useState } from 'react'
import type { VaultState } from '#shared/contract/vault.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'

/** Says that what is kept is only as safe as the files of this account, where that is so. */
export function KeyNote() {
  const [state, setState] = useState<VaultState | null>(null)
  useWatch(async signal => await client.vault.watch(undefined, { signal }), setState, [])
  if (!state || state.isProtected || state.slots.length === 0) return null
  return <p className="mt-3 text-12 text-warn">The key to what Cortex keeps lies in a file beside it, unprotected. A passphrase under Key on the privacy page protects it.</p>
}
