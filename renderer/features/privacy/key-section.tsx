import { useState } from 'react'
import type { VaultState } from '#shared/contract/vault.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { runCommand } from '../../shell/commands.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { FactList, type Fact } from '../../ui/fact-list.tsx'
import { Actions, Section } from '../../ui/section.tsx'
import { KeyDialog } from './key-dialog.tsx'

/** Which ways there are to the key of what is kept. */
export function KeySection() {
  const [state, setState] = useState<VaultState | null>(null)
  const [isOpen, setOpen] = useState(false)
  useWatch(async signal => await client.vault.watch(undefined, { signal }), setState, [])
  if (!state) return null
  return (
    <Section title="Key">
      <FactList facts={keyFacts(state)} />
      {!state.isProtected && state.slots.length > 0 && <p className="mt-1 text-12 text-muted">It lies beside the database: whoever has your files can read all. Set a passphrase{state.keychain === null ? '' : ' or use the keychain'}.</p>}
      <Actions>
        {state.status === 'locked' ? (
          <Button onClick={() => void runCommand('vault.unlock').catch(reportFailure)}>Unlock</Button>
        ) : (
          <Button onClick={() => setOpen(true)}>{state.isProtected ? 'Change' : 'Protect'}</Button>
        )}
      </Actions>
      {isOpen && state.status === 'open' && <KeyDialog state={state} close={() => setOpen(false)} />}
    </Section>
  )
}

function keyFacts({ slots, keychain, status }: VaultState): Fact[] {
  const slot = (kind: VaultState['slots'][number]['kind']) => slots.find(one => one.kind === kind)
  const used = slot('keychain')
  const hasFile = slot('file') !== undefined
  return [
    ...(status === 'locked' ? ([{ label: 'Vault', value: 'locked', tone: 'warn' }] as const) : []),
    ...(hasFile ? ([{ label: 'Unprotected key file', value: 'vault.key', tone: 'warn' }] as const) : []),
    { label: 'Keychain', value: used ? (used.backend ?? 'used') : keychain === null ? 'none found' : 'not used', tone: used ? 'plain' : 'muted' },
    { label: 'Recovery code', value: slot('recovery') ? 'set' : 'not set', tone: slot('recovery') ? 'ok' : hasFile ? 'muted' : 'warn' },
    { label: 'Passphrase', value: slot('passphrase') ? 'set' : 'not set', tone: slot('passphrase') ? 'ok' : 'muted' },
  ]
}
