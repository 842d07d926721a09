import { errorText } from '#shared/error-text.ts'
import { client } from '../rpc/client.ts'
import { registerCommandProvider } from './command-provider.ts'
import { registerCommands } from './commands.ts'
import type { Feature } from './feature.ts'
import { setFeatures } from './feature-list.ts'
import { trackRegions } from './focus-regions.ts'
import { startKeymap } from './keymap.ts'
import { notify } from './notices.ts'
import { makeWayForPages } from './one-column.ts'
import { rememberedWorkspace, showWorkspace } from './open-workspace.ts'
import { pageCommands } from './page-commands.ts'
import { reportFailure } from './report-failure.ts'
import { useSession } from './session.ts'
import { settingsLoaded } from './settings.ts'
import { shellCommands } from './shell-commands.ts'
import { followAppearance } from './theme.ts'

/** Sets up commands, keys and theme, then shows the workspace of the address, or the one of this tab. */
export async function startShell(features: readonly Feature[], addressWorkspaceId: string | null): Promise<void> {
  setFeatures(features)
  registerCommands([...shellCommands, ...pageCommands, ...features.flatMap(feature => feature.commands ?? [])])
  registerCommandProvider()
  followAppearance()
  startKeymap()
  trackRegions()
  makeWayForPages()
  // A page that never comes to stand makes the next start a safe one.
  await client.app.pageState({ state: 'opening' })
  const info = await client.app.info()
  useSession.setState({ info })
  if (info.storageProblem) {
    const { what, why, action } = errorText(info.storageProblem.code, info.storageProblem.data)
    notify({ tone: 'error', text: `${what} ${why} ${action}` })
  }
  const workspaceId = addressWorkspaceId ?? rememberedWorkspace()
  const workspace = workspaceId === null ? null : await client.workspaces.get({ workspaceId }).catch((error: unknown) => {
    reportFailure(error)
    return null
  })
  await showWorkspace(workspace)
  await settingsLoaded()
}
