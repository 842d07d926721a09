import { create } from 'zustand'
import type { FileLabel, LabelsSnapshot } from '#shared/contract/labels.ts'
import { client } from '../rpc/client.ts'
import { follow } from '../rpc/follow.ts'

interface FileLabels {
  /** Null until the host has said it. */
  snapshot: LabelsSnapshot | null
  secret: ReadonlyMap<string, FileLabel>
}

const nothing: FileLabels = { snapshot: null, secret: new Map() }

/** Which files of the folder are secret, for marks on their names. The host decides again at every use. */
export const useFileLabels = create<FileLabels>(() => nothing)

export function followFileLabels(workspaceId: string): () => void {
  const stop = follow(
    signal => client.labels.watch({ workspaceId }, { signal }),
    snapshot => useFileLabels.setState({ snapshot, secret: new Map(snapshot.secretFiles.map(file => [file.path, file])) }),
  )
  return () => {
    stop()
    useFileLabels.setState(nothing)
  }
}
