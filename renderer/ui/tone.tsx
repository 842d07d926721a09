import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** What a word means, said in colour as well: `ok` only for what holds, `warn` for what a person should know, `error` for what is broken. */
export type Tone = 'plain' | 'muted' | 'ok' | 'warn' | 'error'

export const toneClass: Readonly<Record<Tone, string>> = { plain: 'text-text', muted: 'text-muted', ok: 'text-accent', warn: 'text-warn', error: 'text-error' }

/** A word or two in a tone. The words themselves must say it too. */
export function Toned({ tone, className, children }: { tone: Tone; className?: string; children: ReactNode }) {
  return <span className={classNames(toneClass[tone], className)}>{children}</span>
}
