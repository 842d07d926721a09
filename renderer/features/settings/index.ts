import { Braces, Settings } from 'lucide-react'
import type { Feature } from '../../shell/feature.ts'
import { wantPageFocus } from '../../shell/page-focus.ts'
import { openPage, usePages } from '../../shell/pages.ts'
import { useSession } from '../../shell/session.ts'
import { appearanceCommands } from './appearance-commands.ts'
import { jsonPageId, mayClose, saveDraft, scopeOfPage } from './json-drafts.ts'
import type { Scope } from './setting-rows.ts'
import { SettingsJsonPage } from './settings-json-page.tsx'
import { SettingsPage, useSettingsView } from './settings-page.tsx'

function openJson(scope: Scope): void {
  const title = scope === 'user' ? 'Your settings file' : 'Settings file of this folder'
  wantPageFocus(jsonPageId(scope))
  openPage({ id: jsonPageId(scope), kind: 'settings-json', title })
}

export const settingsFeature: Feature = {
  id: 'settings',
  pages: [
    { kind: 'settings', icon: Settings, component: SettingsPage },
    { kind: 'settings-json', icon: Braces, component: SettingsJsonPage, beforeClose: mayClose },
  ],
  railPages: [{ command: 'settings.open', page: 'settings', isAtFoot: true }],
  commands: [
    {
      id: 'settings.open',
      title: 'Open settings',
      category: 'Settings',
      icon: Settings,
      keys: ['Ctrl+,'],
      /** Words to search for, such as a key. */
      run: argument => {
        useSettingsView.setState({ query: typeof argument === 'string' ? argument : '' })
        wantPageFocus('settings')
        openPage({ id: 'settings', kind: 'settings', title: 'Settings' })
      },
    },
    { id: 'settings.openJson', title: 'Edit your settings as JSON', category: 'Settings', icon: Braces, run: argument => openJson(argument === 'workspace' ? 'workspace' : 'user') },
    {
      id: 'settings.openFolderJson',
      title: 'Edit the settings of this folder as JSON',
      category: 'Settings',
      icon: Braces,
      canRun: () => (useSession.getState().workspace ? true : 'No folder is open.'),
      run: () => openJson('workspace'),
    },
    {
      id: 'settings.saveJson',
      title: 'Save the settings file',
      category: 'Settings',
      keys: ['Ctrl+S'],
      keyScope: 'settings-json',
      isInPalette: false,
      run: async () => void (await saveDraft(scopeOfPage(usePages.getState().activeId ?? ''))),
    },
    ...appearanceCommands,
  ],
}
