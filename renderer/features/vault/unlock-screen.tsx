import { Lock } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { VaultState } from '#shared/contract/vault.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { errorWords } from '../../shell/error-words.ts'
import { forgetLayout, keepLayoutNow } from '../../shell/layout-keeper.ts'
import { notify } from '../../shell/notices.ts'
import { RecoveryCode } from '../../shell/recovery-code.tsx'
import { useVaultCover } from '../../shell/vault-cover.ts'
import { Button } from '../../ui/button.tsx'
import { Cover } from '../../ui/cover.tsx'
import { Icon } from '../../ui/icon.tsx'
import { lockSentences } from './lock-words.ts'
import { SecretForm } from './secret-form.tsx'
import { useUnlock } from './unlock-store.ts'

/** Covers the page while the vault is locked: says why, and takes what opens it. */
export function UnlockScreen() {
  const [state, setState] = useState<VaultState | null>(null)
  const [isLockedAtStart, setLockedAtStart] = useState(false)
  const isDismissed = useUnlock(store => store.isDismissed)
  const [wasDismissed, setWasDismissed] = useState(false)
  const [newCode, setNewCode] = useState<string | null>(null)
  const [isRecovering, setRecovering] = useState(false)
  // What was shut when the page began is read by everything on it: the plainest way is to begin again. A page that was used since then keeps what was typed.
  const willBeginAgain = isLockedAtStart && !wasDismissed
  const goOn = (): void => {
    if (willBeginAgain) {
      beginAgain()
      return
    }
    setNewCode(null)
    setRecovering(false)
    keepLayoutNow()
    if (isLockedAtStart) notify({ tone: 'info', text: 'The vault is open. Save your files, then reload the page to see what is kept.', action: { label: 'Reload', run: () => location.reload() } })
  }
  useWatch(
    async signal => await client.vault.watch(undefined, { signal }),
    next => {
      // What begins again stays covered until it has gone: what was done on it would be lost.
      if (state === null || next.status !== 'open' || !willBeginAgain) setState(next)
      if (next.status === 'open') useUnlock.setState({ isDismissed: false })
      if (state === null) setLockedAtStart(next.status === 'locked')
      else if (state.status === 'open' || next.status !== 'open' || isRecovering) return
      else goOn()
    },
    [],
  )
  const isCovered = state?.status === 'locked' && !isDismissed
  useEffect(() => useVaultCover.setState({ isCovered }), [isCovered])
  if (newCode !== null) return <NewCode code={newCode} onKept={goOn} />
  if (!isCovered) return null
  const has = (kind: VaultState['slots'][number]['kind']): boolean => state.slots.some(slot => slot.kind === kind)
  const workOn = (): void => {
    setWasDismissed(true)
    useUnlock.setState({ isDismissed: true })
  }
  const recover = async (recoveryCode: string): Promise<void> => {
    setRecovering(true)
    try {
      const answer = await client.vault.recover({ recoveryCode })
      if (answer.recoveryCode === null) goOn()
      else setNewCode(answer.recoveryCode)
    } catch (error) {
      setRecovering(false)
      throw error
    }
  }
  if (state.reason === 'erased') {
    return (
      <Cover title="Everything is erased" icon={<Icon icon={Lock} className="mb-3 text-muted" />}>
        <p className="text-13 text-muted">{lockSentences.erased} Cortex has ended; its next start begins anew. You can close this window.</p>
      </Cover>
    )
  }
  return (
    <Cover title="The vault is locked" icon={<Icon icon={Lock} className="mb-3 text-muted" />}>
      <p className="text-13 text-muted">{state.reason && lockSentences[state.reason]} Nothing that Cortex keeps was deleted.</p>
      {has('passphrase') && <SecretForm label="Passphrase" confirm="Unlock" isMain submit={async passphrase => await client.vault.unlock({ passphrase })} />}
      {has('recovery') && <SecretForm label="Recovery code" confirm="Unlock with the code" isMain={!has('passphrase')} isShown submit={recover} />}
      <TryAgain hasKeychain={has('keychain')} hasFile={has('file')} />
      <Button variant="quiet" className="-ml-3 self-start" onClick={workOn}>
        Work without history
      </Button>
    </Cover>
  )
}

/** Nothing was arranged behind the cover: what was kept before stands. */
function beginAgain(): void {
  forgetLayout()
  location.reload()
}

function TryAgain({ hasKeychain, hasFile }: { hasKeychain: boolean; hasFile: boolean }) {
  const [isTrying, setTrying] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  if (!hasKeychain && !hasFile) return null
  const again = async (): Promise<void> => {
    setTrying(true)
    setProblem(null)
    await client.vault.tryKeychain().catch((error: unknown) => setProblem(errorWords(error).why))
    setTrying(false)
  }
  return (
    <div className="flex flex-col gap-2">
      <Button className="self-start" disabled={isTrying} onClick={() => void again()}>
        {isTrying ? 'Waiting for an answer' : hasKeychain ? 'Try the keychain again' : 'Look for the key file again'}
      </Button>
      <p role="status" className="text-12 text-error empty:hidden">
        {problem}
      </p>
    </div>
  )
}

function NewCode({ code, onKept }: { code: string; onKept: () => void }) {
  return (
    <Cover title="Write down the new recovery code" icon={null}>
      <p className="text-13 text-muted">The one that you used opens nothing any more. This one is shown only now; keep it away from this machine.</p>
      <RecoveryCode code={code} />
      <Button variant="primary" className="self-start" data-autofocus onClick={onKept}>
        I have written it down
      </Button>
    </Cover>
  )
}
