import { useState, type ReactNode } from 'react'
import type { SlotKind, VaultState } from '#shared/contract/vault.ts'
import { keychainEntryLeft } from '#shared/keychain-words.ts'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { RecoveryCode } from '../../shell/recovery-code.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { PassphraseForm } from './passphrase-form.tsx'

interface KeyDialogProps {
  state: VaultState
  close: () => void
}

/** The ways to the key, each set, changed or removed here. */
export function KeyDialog({ state, close }: KeyDialogProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [code, setCode] = useState<string | null>(null)
  const [isAsking, setAsking] = useState(false)
  const slot = (kind: SlotKind) => state.slots.find(one => one.kind === kind)
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      const { what, why, next } = errorWords(error)
      setProblem(`${what} ${why} ${next}`)
    }
    setBusy(false)
  }
  const remove = (kind: SlotKind) => (
    <Button size="small" variant="quiet" disabled={isBusy || state.slots.length < 2} onClick={() => void run(async () => { if ((await client.vault.removeSlot({ kind })).isKeychainEntryLeft) setProblem(keychainEntryLeft) })}>
      Remove
    </Button>
  )
  const makeCode = async (): Promise<void> => setCode((await client.vault.makeRecoveryCode()).recoveryCode)
  return (
    <Dialog isOpen onClose={close} title="Ways to the key" description="Each of them opens what Cortex keeps. Losing one loses nothing while another is left.">
      <Way name="Passphrase" words={slot('passphrase') ? 'Set.' : 'Opens it anywhere. At least 12 characters.'}>
        {slot('passphrase') && remove('passphrase')}
        <Button size="small" disabled={isBusy} aria-expanded={isAsking} onClick={() => setAsking(!isAsking)}>
          {slot('passphrase') ? 'Change passphrase' : 'Set passphrase'}
        </Button>
      </Way>
      {isAsking && <PassphraseForm hasCurrent={slot('passphrase') !== undefined} done={() => setAsking(false)} />}
      <Way name="Recovery code" words={slot('recovery') ? 'Set. A new one ends the old one.' : 'For the day when everything else is lost.'}>
        {slot('recovery') && remove('recovery')}
        <Button size="small" disabled={isBusy} onClick={() => void run(makeCode)}>
          {slot('recovery') ? 'Make a new code' : 'Make a code'}
        </Button>
      </Way>
      {code !== null && (
        <div className="mb-2">
          <RecoveryCode code={code}>Write it down, or copy it to where you keep such things, away from this machine. It is shown only now.</RecoveryCode>
        </div>
      )}
      <Way name="Keychain" words={slot('keychain') ? `${slot('keychain')?.backend ?? 'Used'} opens it at each start.` : state.keychain === null ? 'None answers on this system.' : `${state.keychain} would open it at each start.`}>
        {slot('keychain') && remove('keychain')}
        {!slot('keychain') && (
          <Button size="small" disabled={isBusy || state.keychain === null} onClick={() => void run(async () => await client.vault.useKeychain())}>
            Use keychain
          </Button>
        )}
      </Way>
      {slot('file') && <Way name="Key file" words="Unprotected. It goes when a passphrase or the keychain is set." />}
      <p role="alert" className="py-2 text-12 text-error empty:hidden">
        {problem}
      </p>
    </Dialog>
  )
}

function Way({ name, words, children }: { name: string; words: string; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 border-t border-line py-2.5 first:border-t-0">
      <div className="min-w-0 flex-1">
        <h3 className="text-13 font-strong">{name}</h3>
        <p className="text-12 text-muted">{words}</p>
      </div>
      <div className="flex gap-2">{children}</div>
    </div>
  )
}
