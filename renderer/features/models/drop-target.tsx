import { useState, type DragEvent, type ReactNode } from 'react'
import { uploadAll } from './uploads.ts'

/** The whole page takes a GGUF file that is dropped on it. */
export function DropTarget({ children }: { children: ReactNode }) {
  const [isOver, setOver] = useState(false)
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')
  return (
    <div
      className="@container relative flex h-full flex-col"
      onDragOver={event => {
        if (!hasFiles(event)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
        setOver(true)
      }}
      onDragLeave={event => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setOver(false)
      }}
      onDrop={event => {
        setOver(false)
        if (!hasFiles(event)) return
        event.preventDefault()
        uploadAll([...event.dataTransfer.files])
      }}
    >
      {children}
      {isOver && (
        <div className="pointer-events-none absolute inset-x-0 bottom-0 z-10 border-t border-line bg-overlay px-8 py-3 text-13">
          Drop to copy the GGUF file into Cortex’s folder of models
        </div>
      )}
    </div>
  )
}
