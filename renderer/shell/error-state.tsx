import { FailureState, type StateAction } from '../ui/states.tsx'
import { errorWords } from './error-words.ts'

/** Any error as a view shows it: what happened, why, what to do, and a button that does it. */
export function ErrorState({ error, action }: { error: unknown; action?: StateAction }) {
  const { what, why, next } = errorWords(error)
  return <FailureState title={what} reason={why} advice={next} action={action} />
}
