import { Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { runCommand } from '../../shell/commands.ts'
import { errorWords } from '../../shell/error-words.ts'
import type { PageProps } from '../../shell/feature.ts'
import { usePageFocus } from '../../shell/page-focus.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState, FailureState, LoadingState } from '../../ui/states.tsx'
import { Toned } from '../../ui/tone.tsx'
import { ExpiryDialog } from './expiry-dialog.tsx'
import { FalseAlarmsSection } from './false-alarms-section.tsx'
import { HistoryDialog } from './history-dialog.tsx'
import { keptWords, type VaultFacts } from './secret-words.ts'
import { openSecretDialog, useSecrets } from './secrets-store.ts'
import { SecretsTable } from './secrets-table.tsx'
import { ValueDialog } from './value-dialog.tsx'

const unlock = (): void => void runCommand('vault.unlock').catch(reportFailure)
const openPrivacy = (): void => void runCommand('privacy.open').catch(reportFailure)

/** What is kept, until when, and who used it. Values only go in. */
export function SecretsPage({ page, isActive }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  usePageFocus(page.id, isActive, heading)
  const [vault, setVault] = useState<VaultFacts | null>(null)
  const isLocked = useSecrets(view => view.kept?.isLocked === true)
  useWatch(async signal => await client.vault.watch(undefined, { signal }), setVault, [])
  useWatch(async signal => await client.secrets.watch(undefined, { signal }), kept => useSecrets.setState({ kept, failure: null }), [], { onFailure: failure => useSecrets.setState({ failure }) })
  const { text, isProtected } = keptWords(vault)
  return (
    <div className="@container h-full overflow-y-auto">
      <div className="flex max-w-280 flex-col gap-7 px-8 pt-7 pb-12 @max-[560px]:px-4">
        <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="min-w-0">
            <h1 ref={heading} tabIndex={-1} className="focus-none text-20 font-strong">
              Secrets
            </h1>
            <p className="mt-1 text-muted">
              <Toned tone={isProtected ? 'muted' : 'warn'}>{text}</Toned> No value is ever shown again.
            </p>
          </div>
          <div className="flex gap-2">
            {!isProtected && <Button onClick={openPrivacy}>Set a passphrase</Button>}
            <Button variant="primary" icon={Plus} disabled={isLocked} onClick={() => openSecretDialog({ kind: 'add' })}>
              Add secret
            </Button>
          </div>
        </header>
        <SecretsBody />
        {!isLocked && <FalseAlarmsSection />}
      </div>
      <SecretDialogs />
    </div>
  )
}

function SecretsBody() {
  const { kept, failure } = useSecrets()
  if (failure !== null) {
    const { what, why, next } = errorWords(failure)
    return <FailureState title={what} reason={why} advice={next} />
  }
  if (!kept) return <LoadingState text="Reading the vault" />
  if (kept.isLocked) return <EmptyState text="The vault is locked. Your secrets are in it, unharmed." action={{ label: 'Unlock', run: unlock }} />
  if (kept.secrets.length === 0) return <p className="text-muted">None yet. A secret is a key or password that Cortex uses for you by its name: for a registry, a server, a tool.</p>
  return <SecretsTable secrets={kept.secrets} />
}

function SecretDialogs() {
  const { dialog, kept } = useSecrets()
  if (dialog === null) return null
  if (dialog.kind === 'add') return <ValueDialog rotated={null} />
  const secret = kept?.secrets.find(one => one.name === dialog.name)
  // It was deleted in another window.
  if (!secret) return null
  if (dialog.kind === 'rotate') return <ValueDialog rotated={dialog.name} />
  return dialog.kind === 'expire' ? <ExpiryDialog secret={secret} /> : <HistoryDialog name={dialog.name} />
}
