import { KeyRound, ScanSearch } from 'lucide-react'
import { useActiveEditor } from '../../shell/active-editor.ts'
import type { Feature } from '../../shell/feature.ts'
import { wantPageFocus } from '../../shell/page-focus.ts'
import { openPage } from '../../shell/pages.ts'
import { CheckDialog } from './check-dialog.tsx'
import { checkActiveText } from './check-text.ts'
import { SecretsPage } from './secrets-page.tsx'
import { openSecretDialog } from './secrets-store.ts'

function openSecrets(): void {
  wantPageFocus('secrets')
  openPage({ id: 'secrets', kind: 'secrets', title: 'Secrets' })
}

export const secretsFeature: Feature = {
  id: 'secrets',
  pages: [{ kind: 'secrets', icon: KeyRound, component: SecretsPage }],
  background: CheckDialog,
  commands: [
    { id: 'secrets.open', title: 'Open secrets', category: 'View', icon: KeyRound, run: openSecrets },
    {
      id: 'secrets.add',
      title: 'Add a secret',
      category: 'Privacy',
      icon: KeyRound,
      run: () => {
        openSecrets()
        openSecretDialog({ kind: 'add' })
      },
    },
    { id: 'secrets.check', title: 'Check for secrets', category: 'Privacy', icon: ScanSearch, canRun: () => (useActiveEditor.getState().editor ? true : 'No file is open.'), run: checkActiveText },
  ],
}
