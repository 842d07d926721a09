import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { useQuestions, type ChoiceQuestion, type TextQuestion } from './ask.ts'

/** Draws the first question that waits for an answer. */
export function QuestionDialog() {
  const first = useQuestions(state => state.questions[0])
  if (!first) return null
  return first.kind === 'choice' ? <ChoiceDialog question={first.question} answer={first.answer} /> : <TextDialog question={first.question} answer={first.answer} />
}

function ChoiceDialog({ question, answer }: { question: ChoiceQuestion<string>; answer: (value: string | null) => void }) {
  return (
    <Dialog
      isOpen
      onClose={() => answer(null)}
      title={question.title}
      description={question.text}
      hasCloseButton={false}
      footer={question.answers.map(({ value, label, look }) => (
        <Button key={value} variant={look ?? 'secondary'} data-autofocus={look !== undefined} onClick={() => answer(value)}>
          {label}
        </Button>
      ))}
    />
  )
}

function TextDialog({ question, answer }: { question: TextQuestion; answer: (value: string | null) => void }) {
  const [text, setText] = useState(question.initialText ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const submit = async (): Promise<void> => {
    const found = (await question.check?.(text)) ?? null
    if (found === null) answer(text)
    else setProblem(found)
  }
  return (
    <Dialog
      isOpen
      onClose={() => answer(null)}
      title={question.title}
      description={question.text}
      hasCloseButton={false}
      footer={
        <>
          <Button onClick={() => answer(null)}>Cancel</Button>
          <Button variant="primary" onClick={() => void submit()}>
            {question.confirmLabel}
          </Button>
        </>
      }
    >
      <Field
        label={question.label}
        value={text}
        error={problem}
        data-autofocus
        onFocus={event => question.selection && event.target.setSelectionRange(...question.selection)}
        onChange={event => {
          setText(event.target.value)
          setProblem(null)
        }}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) void submit()
        }}
      />
    </Dialog>
  )
}
