import { useState } from 'react'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { Button } from '../../ui/button.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Actions, Section } from '../../ui/section.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { RetentionDialog } from './retention-dialog.tsx'
import { TransferDialog } from './transfer-dialog.tsx'
import { backupFact, encryptedFacts, plainText } from './stored-words.ts'
import { backUpNow, useStored } from './use-stored.ts'

type Open = 'export' | 'import' | 'retention' | null

/** What is kept on this machine, and how large. */
export function StoredSection({ isShown }: { isShown: boolean }) {
  const state = useStored(store => store.state)
  const [open, setOpen] = useState<Open>(null)
  useWatch(async signal => await client.storage.watch(undefined, { signal }), next => {
    useStored.setState({ state: next })
    // Sizes are measured now and then, and when somebody begins to look.
  }, [isShown])
  if (!state) return <Section title="Kept here, encrypted"><LoadingState text="Measuring what is kept" /></Section>
  const isBusy = state.work !== null || state.problem !== null
  const close = (): void => setOpen(null)
  return (
    <Section title="Kept here, encrypted" actions={<Button size="small" onClick={() => setOpen('retention')}>Retention</Button>}>
      <FactList facts={[...encryptedFacts(state), backupFact(state)]} />
      <p className="mt-1 text-12 text-faint">{plainText(state)}</p>
      {state.isClockDoubted && <p className="mt-1 text-12 text-warn">Nothing is deleted by age for now: the clock moved further than time can have passed.</p>}
      <Actions>
        <Button disabled={isBusy} onClick={() => void backUpNow()}>Back up</Button>
        <Button disabled={isBusy} onClick={() => setOpen('export')}>Export</Button>
        <Button disabled={isBusy} onClick={() => setOpen('import')}>Import</Button>
      </Actions>
      {(open === 'export' || open === 'import') && <TransferDialog kind={open} onClose={close} />}
      {open === 'retention' && <RetentionDialog onClose={close} />}
    </Section>
  )
}
