import { FileUp } from 'lucide-react'
import { useImperativeHandle, useRef, type Ref } from 'react'
import { Field } from '../../ui/field.tsx'
import { IconButton } from '../../ui/icon-button.tsx'

export interface ValueSource {
  read: () => Promise<string>
  /** Empties the field: once the value was sent, or was refused. */
  clear: () => void
}

/** A value on its way in: never drawn, never in the page's state. One of several lines, such as a key, is taken from a file, since the field holds one line. */
export function ValueField({ source, error, fileName, onFile }: { source: Ref<ValueSource>; error: string | null; fileName: string | null; onFile: (name: string | null) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const read = async (): Promise<string> => {
    const file = picker.current?.files?.[0]
    return file ? (await file.text()).replace(/\r?\n$/, '') : (input.current?.value ?? '')
  }
  const clear = (): void => {
    if (input.current) input.current.value = ''
    if (picker.current) picker.current.value = ''
    onFile(null)
  }
  useImperativeHandle(source, () => ({ read, clear }))
  return (
    <div className="flex items-start gap-2">
      <Field
        ref={input}
        label="Value"
        type="password"
        autoComplete="new-password"
        className="flex-1"
        error={error}
        disabled={fileName !== null}
        placeholder={fileName === null ? '' : `from ${fileName}`}
        description="Sealed as soon as it is sent, and never shown again."
      />
      <input ref={picker} type="file" className="hidden" tabIndex={-1} aria-hidden="true" onChange={event => onFile(event.target.files?.[0]?.name ?? null)} />
      <IconButton icon={FileUp} label="Take the value from a file" className="mt-5.5" onClick={() => picker.current?.click()} />
    </div>
  )
}
