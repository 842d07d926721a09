import type { StorageState, StoredKind } from '#shared/contract/storage.ts'
import { sizeWords } from '#shared/size-words.ts'
import type { Fact } from '../../ui/fact-list.tsx'
import { whenText } from '../../ui/when.ts'

const names: Readonly<Record<StoredKind['kind'], string>> = {
  conversations: 'Conversations',
  unsaved: 'Unsaved text',
  layout: 'Layout',
  secrets: 'Secrets',
  audit: 'Audit log',
  ledger: 'Ledger',
  other: 'Everything else',
  'prompt-states': 'Prompt states',
  backups: 'Backups',
  damaged: 'Damaged databases',
  settings: 'Settings',
  logs: 'Log',
}

/** In the order of what a person cares about. */
const order: readonly StoredKind['kind'][] = ['conversations', 'unsaved', 'layout', 'secrets', 'audit', 'ledger', 'other', 'prompt-states', 'backups', 'damaged']

/** What is encrypted, in rows; conversations stand there always, but where the database is shut: then nobody knows. */
export function encryptedFacts({ kinds, problem }: StorageState): Fact[] {
  const none: StoredKind = { kind: 'conversations', sizeBytes: 0, count: 0, protection: 'encrypted' }
  const all = problem !== null || kinds.some(({ kind }) => kind === 'conversations') ? kinds : [none, ...kinds]
  const shown = all.filter(({ kind, protection, sizeBytes }) => protection === 'encrypted' && (sizeBytes > 0 || kind === 'conversations'))
  return shown.toSorted((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind)).map(({ kind, sizeBytes, count }) => ({ label: names[kind], value: sizeText(sizeBytes), ...(count === null ? {} : { title: `${count.toLocaleString('en-US')} kept` }) }))
}

/** What is plain text and holds no content. */
export function plainText({ kinds }: StorageState): string {
  const plain = kinds.filter(({ protection, sizeBytes }) => protection === 'no-content' && sizeBytes > 0)
  return plain.length === 0 ? '' : `Not encrypted, and without content: ${plain.map(({ kind, sizeBytes }) => `${names[kind].toLowerCase()} (${sizeText(sizeBytes)})`).join(', ')}.`
}

export function backupFact({ backups, backupProblem, work }: StorageState, now = new Date()): Fact {
  const [newest] = backups
  if (work === 'backup') return { label: 'Last backup', value: 'being written' }
  if (backupProblem) return { label: 'Last backup', value: newest ? `${whenText(newest.at, now)}, the next failed` : 'failed', tone: 'error' }
  return newest ? { label: 'Last backup', value: whenText(newest.at, now) } : { label: 'Last backup', value: 'none yet', tone: 'warn' }
}

export function sizeText(bytes: number): string {
  return bytes === 0 ? 'none' : sizeWords(bytes)
}
