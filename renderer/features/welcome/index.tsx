import { House } from 'lucide-react'
import { useEffect } from 'react'
import type { Feature } from '../../shell/feature.ts'
import { wantPageFocus } from '../../shell/page-focus.ts'
import { openPage, usePages } from '../../shell/pages.ts'
import { useSession } from '../../shell/session.ts'
import { WelcomePage } from './welcome-page.tsx'

function openWelcome(): void {
  openPage({ id: 'welcome', kind: 'welcome', title: 'Welcome' })
}

function showWelcome(): void {
  wantPageFocus('welcome')
  openWelcome()
}

/** The empty window shows the welcome page. */
function WelcomeBackground() {
  const isEmpty = useSession(state => state.workspace === null)
  useEffect(() => {
    if (isEmpty && usePages.getState().pages.length === 0) openWelcome()
  }, [isEmpty])
  return null
}

export const welcomeFeature: Feature = {
  id: 'welcome',
  pages: [{ kind: 'welcome', icon: House, component: WelcomePage }],
  commands: [{ id: 'welcome.show', title: 'Show the welcome page', category: 'Help', run: showWelcome }],
  background: WelcomeBackground,
}
