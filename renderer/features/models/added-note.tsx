import type { AddResult } from '#shared/contract/library.ts'
import { errorWords } from '../../shell/error-words.ts'

/** What was added, and of the rest why not. */
export function AddedNote({ result: { added, skipped } }: { result: AddResult }) {
  return (
    <div role="status" className="flex flex-col gap-1 text-12">
      <p>{added.length === 0 ? 'No model was added.' : added.length === 1 ? `Added ${added[0]?.name}.` : `Added ${added.length} models.`}</p>
      {skipped.map(({ path, error }) => {
        const { what, why } = errorWords(error)
        return (
          <p key={path} className="break-words text-muted">
            {what} {why}
          </p>
        )
      })}
    </div>
  )
}
