import { implement } from '@orpc/server'
import { settings as contract } from '#shared/contract/settings.ts'
import type { SettingsService } from './settings-service.ts'

export function settingsRouter(service: SettingsService) {
  const os = implement(contract)
  return os.router({
    watch: os.watch.handler(({ input, signal }) => service.watch(input.workspaceId, signal)),
    set: os.set.handler(({ input }) => service.set(input, input.key, input.value)),
    readFile: os.readFile.handler(({ input }) => service.readFile(input)),
    writeFile: os.writeFile.handler(({ input }) => service.writeFile(input, input.text)),
  })
}
