import { useEffect, useState } from 'react'
import type { DownloadPlan, DownloadTarget } from '#shared/contract/downloads.ts'
import type { EgressState } from '#shared/contract/egress.ts'
import { sizeWords } from '#shared/size-words.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FactList, type Fact } from '../../ui/fact-list.tsx'
import { Select } from '../../ui/select.tsx'
import { LoadingState } from '../../ui/states.tsx'
import { allowHosts } from './allow-hosts.ts'
import { startOrResume } from './ask-for-download.ts'
import { askWords, neededMode, refusedHosts, wakingGrants } from './download-words.ts'
import { FailureNote } from './failure-note.tsx'
import { openModelsDialog, useModelsView } from './models-view-store.ts'
import { useDialogWork } from './use-dialog-work.ts'

const times = [
  { value: '60', label: 'One hour' },
  { value: '1440', label: 'One day' },
  { value: '', label: 'Until revoked' },
] as const
const hashes = { catalogue: 'the one in the catalogue', repository: 'the one its repository names', person: 'the one you gave', 'first-download': 'the one kept from the first download' } as const

/** Says before anything is connected: whom to, what they learn, how much comes and where it goes; then asks. */
export function DownloadDialog({ target, note, resumes }: { target: DownloadTarget; note: string | null; resumes: string | null }) {
  const [plan, setPlan] = useState<DownloadPlan | null>(null)
  const [egress, setEgress] = useState<EgressState | null>(null)
  const [planFailure, setPlanFailure] = useState<unknown>(null)
  const [minutes, setMinutes] = useState<(typeof times)[number]['value']>('1440')
  const { isBusy, failure: startFailure, run } = useDialogWork()
  const failure = planFailure ?? startFailure
  // The folder of models may not be there yet; the library knows the disk all the same.
  const diskBytes = useModelsView(state => state.library?.freeDiskBytes ?? null)
  const freeDiskBytes = plan?.freeDiskBytes ?? diskBytes
  useWatch(async signal => await client.egress.watch(undefined, { signal }), setEgress, [])
  useEffect(() => {
    const stop = new AbortController()
    client.downloads.plan(target, { signal: stop.signal }).then(setPlan, (error: unknown) => !stop.signal.aborted && setPlanFailure(error))
    return () => stop.abort()
  }, [target])
  const close = (): void => openModelsDialog(null)
  const refused = plan ? refusedHosts(plan) : []
  const isAsking = refused.length > 0
  const mode = egress && isAsking ? neededMode(egress.mode, refused.map(({ host }) => host)) : null
  const waking = egress && mode !== null ? wakingGrants(egress.mode, mode, egress.grants) : []
  const isTight = plan?.sizeBytes != null && freeDiskBytes !== null && plan.sizeBytes > freeDiskBytes

  async function start(): Promise<void> {
    if (isAsking && egress) await allowHosts(refused, minutes === '' ? null : Number(minutes), egress)
    await startOrResume(target, resumes)
    close()
  }

  return (
    <Dialog
      isOpen
      onClose={close}
      width={520}
      title={plan ? `Download ${plan.name}` : 'Download'}
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" disabled={isBusy || plan === null || egress === null || isTight || egress.isLocked} onClick={() => run(start)}>
            {isAsking ? 'Allow and download' : 'Download'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure !== null && <FailureNote failure={failure} />}
        {plan === null || egress === null ? (
          failure === null && <LoadingState text="Working out what it would do" />
        ) : (
          <>
            {isAsking && <p className="text-13">{askWords(egress.mode, refused.map(({ host }) => host))}</p>}
            {egress.isLocked && <p className="text-12 text-warn">The vault is locked: grants cannot be changed until it is unlocked.</p>}
            <FactList facts={planFacts({ ...plan, freeDiskBytes }, isTight)} />
            <p className="text-12 text-muted">{plan.tells}</p>
            {note !== null && <p className="text-12 text-warn">{note}</p>}
            {isAsking && (
              <>
                <ul aria-label="Hosts to allow" className="columns-2 font-mono text-11 text-muted @max-[360px]:columns-1">
                  {refused.map(({ host, port }) => (
                    <li key={`${host}:${port}`} className="break-words">
                      {port === 443 || port === 80 ? host : `${host}:${port}`}
                    </li>
                  ))}
                </ul>
                <Select label="Allow them for" value={minutes} options={times} onChange={setMinutes} className="max-w-50" />
                {waking.length > 0 && <p className="text-12 text-warn">Grants that rest now hold again as well: {waking.join(', ')}.</p>}
              </>
            )}
          </>
        )}
      </div>
    </Dialog>
  )
}

function planFacts({ sizeBytes, freeDiskBytes, folder, licence, hashSource }: DownloadPlan, isTight: boolean): Fact[] {
  return [
    { label: 'Size', value: sizeBytes === null ? 'not known until it begins' : sizeWords(sizeBytes) },
    { label: 'Free on the disk', value: freeDiskBytes === null ? 'not known' : isTight ? `${sizeWords(freeDiskBytes)}, too little` : sizeWords(freeDiskBytes), tone: isTight ? 'warn' : 'plain' },
    { label: 'Goes to', value: folder },
    { label: 'Licence', value: licence ?? 'not known' },
    { label: 'Held to the hash', value: hashSource === null ? 'none is known; the one that comes is kept' : hashes[hashSource], tone: hashSource === null ? 'warn' : 'plain' },
  ]
}
