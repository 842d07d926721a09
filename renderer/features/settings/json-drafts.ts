import { create } from 'zustand'
import { client } from '../../rpc/client.ts'
import { askChoice } from '../../shell/ask.ts'
import type { Page } from '../../shell/feature.ts'
import { updatePage } from '../../shell/pages.ts'
import { reportFailure } from '../../shell/report-failure.ts'
import { useSession } from '../../shell/session.ts'
import type { Scope } from './setting-rows.ts'

interface Draft {
  path: string
  /** As it stands in the file. */
  saved: string
  text: string
  failure: unknown
}

/** The settings files being edited by hand, by `draftKey`. */
export const useJsonDrafts = create<{ drafts: Readonly<Record<string, Draft>> }>(() => ({ drafts: {} }))

/** Each folder has a settings file of its own: what was typed for one must never be written into that of another. */
export function draftKey(scope: Scope): string {
  return scope === 'user' ? 'user' : `workspace:${useSession.getState().workspace?.id ?? ''}`
}

function draftOf(scope: Scope): Draft | undefined {
  return useJsonDrafts.getState().drafts[draftKey(scope)]
}

export const jsonPageId = (scope: Scope): string => `settings-json:${scope}`
export const scopeOfPage = (id: string): Scope => (id.endsWith(':workspace') ? 'workspace' : 'user')

const place = (scope: Scope) => ({ scope, workspaceId: scope === 'workspace' ? (useSession.getState().workspace?.id ?? null) : null })

function put(scope: Scope, change: Partial<Draft>, key = draftKey(scope)): void {
  useJsonDrafts.setState(({ drafts }) => ({ drafts: { ...drafts, [key]: { path: '', saved: '', text: '', failure: null, ...drafts[key], ...change } } }))
  const draft = draftOf(scope)
  updatePage(jsonPageId(scope), { isDirty: draft !== undefined && draft.text !== draft.saved })
}

export function editDraft(scope: Scope, text: string): void {
  put(scope, { text, failure: null })
}

/** Reads the file, unless it is being edited already. */
export async function loadDraft(scope: Scope): Promise<void> {
  const key = draftKey(scope)
  const standing = draftOf(scope)
  // Its tab may be a new one that does not show the mark yet.
  if (standing && standing.text !== standing.saved) return put(scope, {})
  const { path, text } = await client.settings.readFile(place(scope))
  const now = useJsonDrafts.getState().drafts[key]
  // Typed while it was read: that stays.
  if (now && now.text !== now.saved) return
  put(scope, { path, saved: text, text, failure: null }, key)
}

/** Writes the file; text that is not valid stays in the page with its problems. */
export async function saveDraft(scope: Scope): Promise<boolean> {
  const key = draftKey(scope)
  const draft = draftOf(scope)
  if (!draft) return true
  try {
    await client.settings.writeFile({ ...place(scope), text: draft.text })
    put(scope, { saved: draft.text, failure: null }, key)
    return true
  } catch (failure) {
    put(scope, { failure }, key)
    return false
  }
}

export async function mayClose(page: Page): Promise<boolean> {
  const scope = scopeOfPage(page.id)
  const draft = draftOf(scope)
  if (!draft || draft.text === draft.saved) return true
  const answer = await askChoice({
    title: 'Save the settings?',
    text: 'The text of the settings file was changed and not saved.',
    answers: [
      { value: 'cancel', label: 'Cancel' },
      { value: 'discard', label: 'Do not save', look: 'danger' },
      { value: 'save', label: 'Save', look: 'primary' },
    ],
  })
  if (answer === 'save') return await saveDraft(scope).catch((error: unknown) => {
    reportFailure(error)
    return false
  })
  if (answer === 'discard') put(scope, { text: draft.saved, failure: null })
  return answer === 'discard'
}
