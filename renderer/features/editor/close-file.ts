import { askChoice } from '../../shell/ask.ts'
import type { Page } from '../../shell/feature.ts'
import { documentOf, isDirty, isUntitled } from './documents/document-state.ts'
import { pathOfPage } from './page-ids.ts'
import { saveAs } from './save-as.ts'
import { documents } from './the-documents.ts'

/** Asks what becomes of unsaved text before a tab closes; false keeps it open. */
export async function beforeClose(page: Page): Promise<boolean> {
  const path = pathOfPage(page)
  if (!isDirty(path)) return true
  const answer = await askChoice({
    title: `Save the changes to ${page.title}?`,
    text: 'Without saving, what you changed is lost.',
    answers: [
      { value: 'cancel', label: 'Cancel' },
      { value: 'discard', label: "Don't save", look: 'danger' },
      { value: 'save', label: 'Save', look: 'primary' },
    ],
  })
  if (answer === null || answer === 'cancel') return false
  if (answer === 'discard') {
    await documents().forget(path)
    return true
  }
  // A tab that was never shown since the start has its text still in the host.
  if (!documentOf(path)) await documents().open(path)
  return isUntitled(path) ? await saveAs(path, { showsIt: false }) : await documents().save(path)
}
