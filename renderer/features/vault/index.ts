import { Lock, LockOpen } from 'lucide-react'
import { client } from '../../rpc/client.ts'
import type { Feature } from '../../shell/feature.ts'
import { UnlockScreen } from './unlock-screen.tsx'
import { useUnlock } from './unlock-store.ts'

export const vaultFeature: Feature = {
  id: 'vault',
  background: UnlockScreen,
  commands: [
    { id: 'vault.lock', title: 'Lock the vault', category: 'Privacy', icon: Lock, run: async () => { await client.vault.lock() } },
    { id: 'vault.unlock', title: 'Unlock the vault', category: 'Privacy', icon: LockOpen, canRun: () => useUnlock.getState().isDismissed || 'The vault is open.', run: () => useUnlock.setState({ isDismissed: false }) },
  ],
}
