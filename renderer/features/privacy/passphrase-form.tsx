import { useState } from 'react'
import { client } from '../../rpc/client.ts'
import { errorWords } from '../../shell/error-words.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'

/** Sets the passphrase, or changes it with the current one. */
export function PassphraseForm({ hasCurrent, done }: { hasCurrent: boolean; done: () => void }) {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const save = async (): Promise<void> => {
    if (next !== again) return setProblem('The two are not the same.')
    setBusy(true)
    try {
      await client.vault.setPassphrase({ passphrase: next, current: hasCurrent ? current : null })
      done()
    } catch (error) {
      const { what, why, next: action } = errorWords(error)
      setProblem(`${what} ${why} ${action}`)
      setBusy(false)
    }
  }
  const field = (label: string, value: string, change: (text: string) => void, isNew: boolean, error: string | null = null) => (
    <Field
      label={label}
      type="password"
      autoComplete={isNew ? 'new-password' : 'off'}
      value={value}
      error={error}
      onChange={event => {
        change(event.target.value)
        setProblem(null)
      }}
    />
  )
  return (
    <form
      className="flex flex-col gap-2 pb-3"
      onSubmit={event => {
        event.preventDefault()
        if (next !== '' && !isBusy) void save()
      }}
    >
      {hasCurrent && field('Current passphrase', current, setCurrent, false)}
      {field('New passphrase', next, setNext, true)}
      {field('Once more', again, setAgain, true, problem)}
      <Button type="submit" variant="primary" className="self-end" disabled={next === '' || again === '' || isBusy}>
        {isBusy ? 'Setting' : 'Set'}
      </Button>
    </form>
  )
}
