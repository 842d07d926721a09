import { Lock } from 'lucide-react'
import { client } from '../../rpc/client.ts'
import type { Feature } from '../../shell/feature.ts'
import { UnlockScreen } from './unlock-screen.tsx'

export const vaultFeature: Feature = {
  id: 'vault',
  background: UnlockScreen,
  commands: [{ id: 'vault.lock', title: 'Lock the vault', category: 'Privacy', icon: Lock, run: async () => { await client.vault.lock() } }],
}
