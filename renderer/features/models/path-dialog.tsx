import { addModel } from './model-actions.ts'
import { openModelsDialog } from './models-view-store.ts'
import { PathForm } from './path-form.tsx'

/** A GGUF file by its path: its header is read and what is wrong with it said, before anything loads it. */
export function PathDialog() {
  return (
    <PathForm
      title="Add a GGUF file"
      description="Its header is checked; the file stays where it is."
      label="Absolute path"
      placeholder="/home/you/models/model.gguf"
      action="Add"
      busyAction="Reading the header"
      onSubmit={async path => {
        await addModel(path)
        openModelsDialog(null)
      }}
    />
  )
}
