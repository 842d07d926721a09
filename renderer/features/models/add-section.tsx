import { FileUp, FilePlus2, FolderPlus, FolderSearch, Globe, Usb, type LucideIcon } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/section.tsx'
import { openModelsDialog, useModelsView } from './models-view-store.ts'
import { uploadAll } from './uploads.ts'

const ways: readonly { kind: 'path' | 'folders' | 'found' | 'unpack' | 'source'; label: string; icon: LucideIcon }[] = [
  { kind: 'path', label: 'A GGUF file by its path', icon: FilePlus2 },
  { kind: 'folders', label: 'A folder of models', icon: FolderPlus },
  { kind: 'found', label: 'From Ollama, LM Studio, Hugging Face', icon: FolderSearch },
  { kind: 'unpack', label: 'From a USB pack', icon: Usb },
  { kind: 'source', label: 'From a repository or address', icon: Globe },
]

/** Every way that a model comes here. */
export function AddSection() {
  const chooser = useRef<HTMLInputElement>(null)
  const isReady = useModelsView(state => state.library !== null)
  return (
    <Section id="models-add" title="Add a model">
      <div className="flex flex-col gap-2">
        {ways.map(({ kind, label, icon }) => (
          <Button key={kind} icon={icon} className="min-w-0 !justify-start" onClick={() => openModelsDialog({ kind })}>
            <span className="truncate">{label}</span>
          </Button>
        ))}
        <Button icon={FileUp} className="!justify-start" disabled={!isReady} onClick={() => chooser.current?.click()}>
          Copy a GGUF file here
        </Button>
        <input
          ref={chooser}
          type="file"
          accept=".gguf"
          multiple
          hidden
          aria-label="GGUF file to copy"
          onChange={event => {
            uploadAll([...(event.target.files ?? [])])
            event.target.value = ''
          }}
        />
      </div>
      <p className="mt-2 text-12 text-muted">A GGUF file can be dropped anywhere on this page too.</p>
    </Section>
  )
}
