import { describe, expect, it } from 'vitest'
import { askConfirm, askText, useQuestions } from './ask.ts'

const first = () => useQuestions.getState().questions[0]

describe('questions', () => {
  it('wait for each other and answer their own caller', async () => {
    const sure = askConfirm({ title: 'Delete a.ts?', confirmLabel: 'Delete', isDanger: true })
    const name = askText({ title: 'Rename', label: 'Name', confirmLabel: 'Rename' })
    expect(useQuestions.getState().questions).toHaveLength(2)
    first()?.answer('confirm')
    expect(await sure).toBe(true)
    expect(first()?.kind).toBe('text')
    first()?.answer('b.ts')
    expect(await name).toBe('b.ts')
    expect(first()).toBeUndefined()
  })

  it('take a closed dialog as no', async () => {
    const sure = askConfirm({ title: 'Delete a.ts?', confirmLabel: 'Delete' })
    first()?.answer(null)
    expect(await sure).toBe(false)
  })
})
