import type { LlamaModel } from 'node-llama-cpp'
import { Answer } from '../../native/inference/answer.ts'
import type { ChatTemplate } from '../../native/inference/chat-template.ts'
import type { GenerateEvent, GenerateRequest } from '../../native/inference/contract.ts'
import { EventQueue } from '../../native/inference/event-queue.ts'
import type { Lane, LaneTask } from '../../native/inference/lane.ts'
import type { ModelInstance } from '../../native/inference/model-instance.ts'

export interface WrittenAnswer {
  text: string
  reasoning: string
  calls: { name: string; parameters: string }[]
  stopReason: string
  /** Of each time that the model was let write, with all that came before. */
  prompts: string[]
  /** What was held to a grammar. */
  constrained: string
}

/** An answer by a real tokenizer and template, of a model that writes one of `runs` each time that it is let write. */
export async function writeAnswer(llamaModel: LlamaModel, template: ChatTemplate, runs: readonly string[], asked: Partial<GenerateRequest> & Pick<GenerateRequest, 'turns'>): Promise<WrittenAnswer> {
  const request: GenerateRequest = { maxTokens: 200, temperature: 0, seed: 1, ignoreEndOfText: false, ...asked }
  const queue = new EventQueue<GenerateEvent>()
  const left = [...runs]
  const written: WrittenAnswer = { text: '', reasoning: '', calls: [], stopReason: '', prompts: [], constrained: '' }
  const run = ({ prompt, sampling, onStart, onToken }: LaneTask): Promise<void> => {
    written.prompts.push(llamaModel.detokenize(prompt, true))
    onStart?.(0)
    const state = sampling.grammarEvaluationState
    for (const token of llamaModel.tokenize(left.shift() ?? '', true)) {
      if (typeof state === 'function' && state()) written.constrained += llamaModel.detokenize([token], true)
      if (!onToken(token)) break
    }
    return Promise.resolve()
  }
  const model = { llamaModel, facts: { contextTokens: 4096 } } as unknown as ModelInstance
  const lane = { run } as unknown as Lane
  const answer = new Answer({ model, request, prompt: template.render(request.turns, request.tools), template, lane, queue, signal: new AbortController().signal })
  written.stopReason = (await answer.write()).stopReason
  queue.end()
  for await (const event of queue.read()) {
    if (event.type === 'text-delta') written.text += event.text
    else if (event.type === 'reasoning-delta') written.reasoning += event.text
    else if (event.type === 'tool-call') written.calls.push({ name: event.call.name, parameters: event.call.parameters })
  }
  return written
}
