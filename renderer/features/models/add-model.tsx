import { useState } from 'react'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { addModel, loadModel } from './model-actions.ts'

/** A GGUF file by its path: its header is read and what is wrong with it said, before anything loads it. */
export function AddModel() {
  const [path, setPath] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [isChecking, setChecking] = useState(false)

  async function add(): Promise<void> {
    setChecking(true)
    setError(null)
    try {
      const model = await addModel(path.trim())
      setPath('')
      void loadModel(model.id)
    } catch (failure) {
      const { what, why, next } = errorWords(failure)
      setError(`${what} ${why} ${next}`)
    } finally {
      setChecking(false)
    }
  }

  return (
    <form
      className="flex flex-col gap-2 border-t border-line pt-3"
      onSubmit={event => {
        event.preventDefault()
        if (path.trim() !== '' && !isChecking) void add()
      }}
    >
      <Field
        label="Add a GGUF file"
        placeholder="/home/you/models/model.gguf"
        description="Absolute path. The file stays where it is."
        isMonospaced
        value={path}
        error={error}
        onChange={event => {
          setPath(event.target.value)
          setError(null)
        }}
      />
      <Button type="submit" size="small" className="self-end" disabled={path.trim() === '' || isChecking}>
        {isChecking ? 'Reading the header' : 'Add and load'}
      </Button>
    </form>
  )
}
