import type { LucideIcon } from 'lucide-react'
import { create } from 'zustand'

export interface PickItem {
  id: string
  label: string
  /** Indexes into `label` of the characters that matched. */
  matches?: readonly number[]
  detail?: string
  icon?: LucideIcon
  keys?: string
  /** A heading stands before the first item of each group. */
  group?: string
  /** Why it cannot be chosen now. */
  disabledReason?: string
  run: () => void | Promise<void>
}

export interface PickResult {
  items: readonly PickItem[]
  /** Said below the list: "50 of 1,204 files". */
  note?: string
  /** More may be found in a moment: it is asked again while the dialog stands. */
  isPartial?: boolean
}

/** One mode of the dialog behind the command field: `''` finds files, `>` runs commands, `:` goes to a line. */
export interface PickProvider {
  id: string
  /** What the typed text begins with; `''` is the mode without one. */
  prefix: string
  title: string
  placeholder: string
  /** Said when nothing matches. */
  emptyText: string
  /** False while it makes no sense, as files without a folder. */
  isAvailable?: () => boolean
  /** `query` is what follows the prefix. Called at each key; the signal aborts when the next one comes. */
  find: (query: string, signal: AbortSignal) => PickResult | Promise<PickResult>
}

interface QuickPickState {
  providers: readonly PickProvider[]
  isOpen: boolean
  text: string
}

export const useQuickPick = create<QuickPickState>(() => ({ providers: [], isOpen: false, text: '' }))

/** Features register in `onWorkspace` or at their first import; the same id replaces. Answers how to take it away. */
export function registerPickProvider(provider: PickProvider): () => void {
  useQuickPick.setState(state => ({ providers: [...state.providers.filter(other => other.id !== provider.id), provider] }))
  return () => useQuickPick.setState(state => ({ providers: state.providers.filter(other => other !== provider) }))
}

export function openQuickPick(text = ''): void {
  useQuickPick.setState({ isOpen: true, text })
}

export function closeQuickPick(): void {
  useQuickPick.setState({ isOpen: false, text: '' })
}

/** The provider with the longest prefix of the text; commands where files cannot be found yet. */
export function pickProviderFor(providers: readonly PickProvider[], text: string): PickProvider | null {
  const usable = providers.filter(provider => provider.isAvailable?.() ?? true)
  const fitting = usable.filter(provider => text.startsWith(provider.prefix)).toSorted((one, other) => other.prefix.length - one.prefix.length)
  return fitting[0] ?? usable.find(provider => provider.prefix === '>') ?? null
}
