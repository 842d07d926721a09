import { create } from 'zustand'

interface Common {
  title: string
  /** What will happen, in a sentence or two. */
  text?: string
}

export interface ChoiceQuestion<A extends string> extends Common {
  /** The main one last; `danger` for what cannot be undone. */
  answers: readonly { value: A; label: string; look?: 'primary' | 'danger' }[]
}

export interface TextQuestion extends Common {
  label: string
  initialText?: string
  /** Which part of the initial text is selected, as a file's name without its extension. */
  selection?: readonly [start: number, end: number]
  confirmLabel: string
  /** Says what is wrong, or null. */
  check?: (text: string) => string | null | Promise<string | null>
}

export type Question =
  | { kind: 'choice'; question: ChoiceQuestion<string>; answer: (value: string | null) => void }
  | { kind: 'text'; question: TextQuestion; answer: (value: string | null) => void }

/** Questions wait for each other; the first is drawn. */
export const useQuestions = create<{ questions: readonly Question[] }>(() => ({ questions: [] }))

function push(make: (answer: (value: string | null) => void) => Question): Promise<string | null> {
  return new Promise(resolve => {
    const entry = make(value => {
      useQuestions.setState(state => ({ questions: state.questions.filter(other => other !== entry) }))
      resolve(value)
    })
    useQuestions.setState(state => ({ questions: [...state.questions, entry] }))
  })
}

/** Which of several; null when the person closed the dialog. */
export async function askChoice<A extends string>(question: ChoiceQuestion<A>): Promise<A | null> {
  // Only the values of `answers` are ever given.
  return (await push(answer => ({ kind: 'choice', question, answer }))) as A | null
}

export async function askConfirm(question: Common & { confirmLabel: string; isDanger?: boolean }): Promise<boolean> {
  const { confirmLabel, isDanger = false, ...rest } = question
  const answer = await askChoice({ ...rest, answers: [{ value: 'cancel', label: 'Cancel' }, { value: 'confirm', label: confirmLabel, look: isDanger ? 'danger' : 'primary' }] })
  return answer === 'confirm'
}

/** One line of text; null when the person closed the dialog. */
export async function askText(question: TextQuestion): Promise<string | null> {
  return await push(answer => ({ kind: 'text', question, answer }))
}
