import { expect, it } from 'vitest'
import type { GenerateStep } from './contract.ts'
import { EventQueue } from './event-queue.ts'
import { PromptReading } from './prompt-reading.ts'

async function told(work: (reading: PromptReading, pass: (milliseconds: number) => void) => void): Promise<GenerateStep[]> {
  const queue = new EventQueue<GenerateStep>()
  let time = 1000
  work(new PromptReading(queue, () => time), milliseconds => (time += milliseconds))
  queue.end()
  const events: GenerateStep[] = []
  for await (const event of queue.read()) events.push(event)
  return events
}

it('tells how far a prompt is read, four times a second and at its end', async () => {
  const events = await told((reading, pass) => {
    reading.begin(300)
    for (let step = 0; step < 3; step++) {
      pass(150)
      reading.read(64)
    }
    pass(150)
    reading.end()
    reading.end()
    reading.read(9)
  })
  expect(events).toEqual([
    { type: 'prompt-read', readTokens: 128, milliseconds: 300 },
    { type: 'prompt-read', readTokens: 300, milliseconds: 600 },
  ])
})

it('says nothing of a few tokens, whose time is that of a step', async () => {
  const events = await told((reading, pass) => {
    reading.begin(3)
    pass(900)
    reading.read(2)
    reading.end()
  })
  expect(events).toEqual([])
})
