import { create } from 'zustand'
import type { Download, DownloadsEvent, DownloadTarget } from '#shared/contract/downloads.ts'
import type { Hardware } from '#shared/contract/hardware.ts'
import type { LibraryEvent } from '#shared/contract/library.ts'
import type { SamplingPreset } from '#shared/contract/models.ts'
import { client } from '../../rpc/client.ts'
import { useWatch } from '../../rpc/use-watch.ts'

export type ModelsDialog =
  | { kind: 'model'; id: string }
  | { kind: 'entry'; entryId: string; quantization: string }
  /** `resumes`: the download on the list that goes on; null for a new one, which is of `target`. */
  | { kind: 'download'; target: DownloadTarget; note: string | null; resumes: string | null }
  | { kind: 'path' | 'unpack' | 'found' | 'source' | 'folders' | 'compare' }
  | { kind: 'pack'; id: string }
  /** `from`: the one that is changed, or that a new one begins as. */
  | { kind: 'preset'; from: SamplingPreset | null; isChange: boolean }

interface ModelsView {
  /** Null until the host has said it, as those below. */
  library: LibraryEvent | null
  libraryFailure: unknown
  downloads: readonly Download[] | null
  downloadsFailure: unknown
  hardware: Hardware | null
  /** The vault: what was kept can be neither read nor changed. */
  isLocked: boolean
  dialog: ModelsDialog | null
  /** This window left the offline mode for a download: it offers the way back. */
  hasLeftOffline: boolean
}

export const useModelsView = create<ModelsView>(() => ({ library: null, libraryFailure: null, downloads: null, downloadsFailure: null, hardware: null, isLocked: false, dialog: null, hasLeftOffline: false }))

export function openModelsDialog(dialog: ModelsDialog | null): void {
  useModelsView.setState({ dialog })
}

/** Lists as they stand after an event. */
export function afterDownloadsEvent(downloads: readonly Download[] | null, event: DownloadsEvent): readonly Download[] {
  if (event.type === 'snapshot') return event.downloads
  const known = downloads ?? []
  if (event.type === 'download-removed') return known.filter(({ id }) => id !== event.id)
  return known.some(({ id }) => id === event.download.id) ? known.map(download => (download.id === event.download.id ? event.download : download)) : [...known, event.download]
}

/** Follows what the page shows while it stands. */
export function useModelsWatches(): void {
  useWatch(async signal => await client.library.watch(undefined, { signal }), library => useModelsView.setState({ library, libraryFailure: null }), [], { onFailure: libraryFailure => useModelsView.setState({ libraryFailure }) })
  useWatch(
    async signal => await client.downloads.watch(undefined, { signal }),
    event => useModelsView.setState(({ downloads }) => ({ downloads: afterDownloadsEvent(downloads, event), downloadsFailure: null })),
    [],
    { onFailure: downloadsFailure => useModelsView.setState({ downloadsFailure }) },
  )
  useWatch(async signal => await client.vault.watch(undefined, { signal }), ({ status }) => useModelsView.setState({ isLocked: status === 'locked' }), [])
  useWatch(async signal => await client.hardware.watch(undefined, { signal }), ({ hardware }) => useModelsView.setState({ hardware }), [])
}
