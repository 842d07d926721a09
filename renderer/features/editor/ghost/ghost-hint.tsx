import { useState } from 'react'
import { Keys } from '../../../ui/keys.tsx'
import { useGhostStatus } from './ghost-status.ts'
import { isHintDue } from './start-ghost-text.ts'

const keys = [
  ['Tab', 'accept'],
  ['Ctrl+ArrowRight', 'word'],
  ['Escape', 'dismiss'],
] as const

/** The keys of a suggestion, shown until they were used once. */
export function GhostHint() {
  const isVisible = useGhostStatus(state => state.isVisible)
  const [isDue] = useState(isHintDue)
  if (!isVisible || !isDue || !isHintDue()) return null
  return (
    <div role="status" className="pointer-events-none absolute right-6 bottom-4 z-10 flex gap-3 rounded-control border border-line bg-overlay px-2.5 py-1 text-12 text-muted">
      {keys.map(([binding, word]) => (
        <span key={binding} className="flex items-center gap-1.5">
          <Keys binding={binding} />
          {word}
        </span>
      ))}
    </div>
  )
}
