import { useState } from 'react'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'

interface SecretFormProps {
  label: string
  confirm: string
  /** The one that is tried first. */
  isMain: boolean
  /** A recovery code may be read over the shoulder; a slip of the pen is the likelier harm. */
  isShown?: boolean
  submit: (secret: string) => Promise<void>
}

/** One secret that opens the vault. What was typed goes as soon as it was right. */
export function SecretForm({ label, confirm, isMain, isShown = false, submit }: SecretFormProps) {
  const [secret, setSecret] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isTrying, setTrying] = useState(false)
  const send = async (): Promise<void> => {
    setTrying(true)
    setProblem(null)
    try {
      await submit(secret)
      setSecret('')
    } catch (error) {
      const { what, why, next } = errorWords(error)
      setProblem(`${what} ${why} ${next}`)
    }
    setTrying(false)
  }
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={event => {
        event.preventDefault()
        if (secret !== '' && !isTrying) void send()
      }}
    >
      <Field
        label={label}
        type={isShown ? 'text' : 'password'}
        isMonospaced={isShown}
        value={secret}
        error={problem}
        data-autofocus={isMain}
        autoFocus={isMain}
        onChange={event => {
          setSecret(event.target.value)
          setProblem(null)
        }}
      />
      <Button type="submit" variant={isMain ? 'primary' : 'secondary'} className="self-start" disabled={secret === '' || isTrying}>
        {isTrying ? 'Trying' : confirm}
      </Button>
    </form>
  )
}
