import { createRoot } from 'react-dom/client'
import { features } from './features/index.ts'
import { parseFragment, takeAddress } from './rpc/address.ts'
import { connectDesktop, isDesktop } from './rpc/connect-desktop.ts'
import { connectWeb } from './rpc/connect-web.ts'
import { useConnection } from './rpc/connection.ts'
import { reportFailure } from './shell/report-failure.ts'
import { startShell } from './shell/start-shell.ts'
import { Window } from './shell/window.tsx'

const { code, workspaceId } = takeAddress()
// A fresh link put into this tab's address bar changes the fragment alone, which loads nothing by itself.
window.addEventListener('hashchange', () => {
  if (parseFragment(location.hash).code !== null) location.reload()
})
const root = document.getElementById('root')
if (root) void start(createRoot(root))

async function start(page: ReturnType<typeof createRoot>): Promise<void> {
  if (isDesktop()) connectDesktop()
  else await connectWeb(code)
  if (useConnection.getState().connection.status !== 'refused') await startShell(features, workspaceId).catch(reportFailure)
  page.render(<Window />)
}
