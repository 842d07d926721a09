import type { Token } from 'node-llama-cpp'
import type { ChatTurn } from './contract.ts'
import type { ModelInstance } from './model-instance.ts'

/** Reads what prompts with these turns begin with, whatever the last of them says, unless a free lane holds it, or more of another conversation would be lost than is won. Gives back how many tokens were read. Throws MODEL_CANNOT_CHAT, or the signal's reason. */
export async function warmUp(model: ModelInstance, turns: readonly ChatTurn[], signal: AbortSignal | undefined): Promise<number> {
  const beginning = beginningOf(model, turns)
  if (beginning.length === 0 || beginning.length >= model.facts.contextTokens) return 0
  const all = model.until(signal)
  all.throwIfAborted()
  const { chatLanes } = model
  if (chatLanes.mostHeld(beginning) >= beginning.length) return 0
  let readTokens = 0
  await chatLanes.useFree(
    null,
    lane => lane.run({ prompt: beginning, sampling: { temperature: 0 }, onStart: reused => (readTokens = beginning.length - reused), onToken: () => false }, all),
    lane => lane.length - lane.sharedWith(beginning) <= beginning.length,
  )
  return readTokens
}

function beginningOf({ template }: ModelInstance, turns: readonly ChatTurn[]): readonly Token[] {
  const last = turns.at(-1)
  if (!last) return []
  const { tokens } = template.render(turns)
  const { tokens: others } = template.render([...turns.slice(0, -1), { ...last, text: `1${last.text}` }])
  const end = tokens.findIndex((token, index) => token !== others[index])
  return end < 0 ? tokens : tokens.slice(0, end)
}
