import { useState } from 'react'
import type { Model } from '#shared/contract/models.ts'
import { sizeWords } from '#shared/size-words.ts'
import { client } from '../../rpc/client.ts'
import { Progress } from '../../ui/progress.tsx'
import { PathForm } from './path-form.tsx'

/** Writes a model with its hash and the name of its licence into a new folder, for a machine without a network. */
export function PackDialog({ model }: { model: Model }) {
  const [ratio, setRatio] = useState<number | null>(null)
  const [done, setDone] = useState<string | null>(null)
  async function pack(folder: string, signal: AbortSignal): Promise<void> {
    setRatio(0)
    try {
      for await (const event of await client.library.pack({ modelIds: [model.id], folder }, { signal })) {
        if (event.type === 'progress') setRatio(event.totalBytes === 0 ? 0 : event.doneBytes / event.totalBytes)
        else setDone(`Written to ${event.path}, ${sizeWords(event.sizeBytes)}.`)
      }
    } finally {
      setRatio(null)
    }
  }
  return (
    <PathForm
      title={`Write ${model.name} to a USB pack`}
      description="A folder with the model, its hash and the name of its licence. On the other machine, unpack it there."
      label="New folder, absolute path"
      placeholder="/media/stick/models"
      action="Write"
      busyAction="Writing"
      isDone={done !== null}
      onSubmit={pack}
    >
      {ratio !== null && <Progress label="Writing the pack" ratio={ratio} />}
      {done !== null && (
        <p role="status" className="text-12 break-words">
          {done}
        </p>
      )}
    </PathForm>
  )
}
