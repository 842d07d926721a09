import type { Feature } from '../shell/feature.ts'
import { chatFeature } from './chat/index.ts'
import { editorFeature } from './editor/index.ts'
import { explorerFeature } from './explorer/index.ts'
import { linksFeature } from './links/index.ts'
import { logsFeature } from './logs/index.ts'
import { modelsFeature } from './models/index.ts'
import { privacyFeature } from './privacy/index.ts'
import { quickOpenFeature } from './quick-open/index.ts'
import { secretsFeature } from './secrets/index.ts'
import { settingsFeature } from './settings/index.ts'
import { terminalsFeature } from './terminals/index.ts'
import { trustFeature } from './trust/index.ts'
import { vaultFeature } from './vault/index.ts'
import { welcomeFeature } from './welcome/index.tsx'
import { workspacesFeature } from './workspaces/index.ts'

/** Every feature of the window, in the order of the rail. */
export const features: readonly Feature[] = [
  explorerFeature,
  editorFeature,
  quickOpenFeature,
  workspacesFeature,
  welcomeFeature,
  chatFeature,
  terminalsFeature,
  modelsFeature,
  linksFeature,
  logsFeature,
  secretsFeature,
  settingsFeature,
  privacyFeature,
  vaultFeature,
  trustFeature,
]
