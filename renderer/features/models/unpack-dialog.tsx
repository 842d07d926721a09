import { useState } from 'react'
import type { AddResult } from '#shared/contract/library.ts'
import { client } from '../../rpc/client.ts'
import { Progress } from '../../ui/progress.tsx'
import { AddedNote } from './added-note.tsx'
import { PathForm } from './path-form.tsx'

/** Takes models from a pack; the hash of each is checked before it is used. */
export function UnpackDialog() {
  const [progress, setProgress] = useState<{ ratio: number; file: string } | null>(null)
  const [result, setResult] = useState<AddResult | null>(null)
  async function unpack(folder: string, signal: AbortSignal): Promise<void> {
    setProgress({ ratio: 0, file: '' })
    setResult(null)
    try {
      for await (const event of await client.library.unpack({ folder }, { signal })) {
        if (event.type === 'progress') setProgress({ ratio: event.totalBytes === 0 ? 0 : event.doneBytes / event.totalBytes, file: event.file })
        else setResult(event)
      }
    } finally {
      setProgress(null)
    }
  }
  return (
    <PathForm
      title="Unpack a USB pack"
      description="A folder that Cortex wrote on another machine. Its models are copied here, and the hash of each is checked first."
      label="Folder of the pack"
      placeholder="/media/stick/models"
      action="Unpack"
      busyAction="Unpacking"
      closeLabel={result === null ? 'Cancel' : 'Close'}
      onSubmit={unpack}
    >
      {progress && (
        <>
          <Progress label="Unpacking" ratio={progress.ratio} />
          <p className="truncate text-12 text-muted">{progress.file}</p>
        </>
      )}
      {result && <AddedNote result={result} />}
    </PathForm>
  )
}
