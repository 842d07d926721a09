import { implement } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import { mapErrors } from '#shared/map-errors.ts'
import { appRouter } from './features/app/app-router.ts'
import { AppService } from './features/app/app-service.ts'
import { FileIndexes } from './features/files/file-indexes.ts'
import { filesRouter } from './features/files/files-router.ts'
import { FilesService } from './features/files/files-service.ts'
import { WorkspaceChanges } from './features/files/workspace-changes.ts'
import { workspacesRouter } from './features/workspaces/workspaces-router.ts'
import { WorkspacesService } from './features/workspaces/workspaces-service.ts'
import { DiskFiles } from './platform/files/disk-files.ts'
import { ParcelFolderWatcher } from './platform/files/parcel-folder-watcher.ts'
import { RipgrepFileLister } from './platform/files/ripgrep-file-lister.ts'
import type { Host } from './platform/host.ts'
import { openStorage } from './platform/storage/open-storage.ts'

export type App = Awaited<ReturnType<typeof createApp>>

/** Puts the application together: the only place where services are made. Throws nothing for a damaged profile; `app.info` tells. */
export async function createApp(host: Host) {
  const { clock, log, paths } = host
  const storage = openStorage(paths.state, clock)
  if (storage.problem) log.error('The database stays shut', { code: storage.problem.code, ...storage.problem.data })

  const files = new DiskFiles()
  const changes = new WorkspaceChanges(new ParcelFolderWatcher(), log.scope('files'))
  const indexes = new FileIndexes({ lister: new RipgrepFileLister(), changes, log: log.scope('files') })
  const workspacesService = new WorkspacesService({ files, storage, clock, home: paths.home })
  const filesService = new FilesService({ files, workspaces: workspacesService, changes, indexes })

  const { app, files: filesContract, workspaces } = contract
  const router = implement({ app, files: filesContract, workspaces }).use(mapErrors).router({
    app: appRouter(new AppService(host, storage)),
    files: filesRouter(filesService),
    workspaces: workspacesRouter(workspacesService),
  })

  return {
    router,
    services: { workspaces: workspacesService, files: filesService },
    /** Frees everything, in the reverse order of its making. */
    async dispose(): Promise<void> {
      indexes.dispose()
      await changes.dispose()
      storage.close()
    },
  }
}
