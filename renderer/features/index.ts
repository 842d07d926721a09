import type { Feature } from '../shell/feature.ts'
import { chatFeature } from './chat/index.ts'
import { linksFeature } from './links/index.ts'
import { logsFeature } from './logs/index.ts'
import { modelsFeature } from './models/index.ts'
import { privacyFeature } from './privacy/index.ts'
import { settingsFeature } from './settings/index.ts'
import { terminalsFeature } from './terminals/index.ts'
import { welcomeFeature } from './welcome/index.tsx'
import { workspacesFeature } from './workspaces/index.ts'

/** Every feature of the window, in the order of the rail. */
export const features: readonly Feature[] = [
  workspacesFeature,
  welcomeFeature,
  chatFeature,
  terminalsFeature,
  modelsFeature,
  linksFeature,
  logsFeature,
  settingsFeature,
  privacyFeature,
]
