import { useEngine } from '../../rpc/engine.ts'
import { CompareDialog } from './compare-dialog.tsx'
import { DownloadDialog } from './download-dialog.tsx'
import { EntryDialog } from './entry-dialog.tsx'
import { FolderDialog } from './folder-dialog.tsx'
import { FoundDialog } from './found-dialog.tsx'
import { ModelDialog } from './model-dialog.tsx'
import { useModelsView } from './models-view-store.ts'
import { PackDialog } from './pack-dialog.tsx'
import { PathDialog } from './path-dialog.tsx'
import { PresetDialog } from './preset-dialog.tsx'
import { SourceDialog } from './source-dialog.tsx'
import { UnpackDialog } from './unpack-dialog.tsx'

/** The one dialog that is open, if any. */
export function ModelsDialogs() {
  const dialog = useModelsView(state => state.dialog)
  const models = useEngine(state => state.models)
  if (dialog === null) return null
  switch (dialog.kind) {
    case 'model':
    case 'pack': {
      const model = models.find(({ id }) => id === dialog.id)
      // It was taken off the list in another window.
      if (!model) return null
      return dialog.kind === 'pack' ? <PackDialog model={model} /> : <ModelDialog key={model.id} model={model} />
    }
    case 'entry':
      return <EntryDialog entryId={dialog.entryId} quantization={dialog.quantization} />
    case 'download':
      return <DownloadDialog target={dialog.target} note={dialog.note} resumes={dialog.resumes} />
    case 'preset':
      return <PresetDialog from={dialog.from} isChange={dialog.isChange} />
    case 'compare':
      return <CompareDialog />
    case 'path':
      return <PathDialog />
    case 'folders':
      return <FolderDialog />
    case 'found':
      return <FoundDialog />
    case 'source':
      return <SourceDialog />
    case 'unpack':
      return <UnpackDialog />
  }
}
