import type { Feature } from '../../shell/feature.ts'
import { registerPickProvider } from '../../shell/quick-pick.ts'
import { fileProvider } from './find-files.ts'
import { lineProvider } from './line-provider.ts'

export const quickOpenFeature: Feature = {
  id: 'quick-open',
  onWorkspace: () => {
    const stops = [registerPickProvider(fileProvider), registerPickProvider(lineProvider)]
    return () => stops.forEach(stop => stop())
  },
}
