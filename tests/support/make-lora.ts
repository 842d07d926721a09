import { writeFile } from 'node:fs/promises'
import { entry, header, padding, tensorBytes, tensorInfo, type TensorPlan } from './gguf-writer.ts'

/** Writes a LoRA adapter for the first query matrix of a llama model of this width. What it adds is small. */
export async function makeLora({ path, width, rank = 4, architecture = 'llama' }: { path: string; width: number; rank?: number; architecture?: string }): Promise<void> {
  const plans: TensorPlan[] = [
    { name: 'blk.0.attn_q.weight.lora_a', dimensions: [width, rank], type: 'F32' },
    { name: 'blk.0.attn_q.weight.lora_b', dimensions: [rank, width], type: 'F32' },
  ]
  const entries = [
    entry('general.architecture', { text: architecture }),
    entry('general.type', { text: 'adapter' }),
    entry('adapter.type', { text: 'lora' }),
    entry('adapter.lora.alpha', { f32: rank }),
  ]
  let offset = 0
  const infos = plans.map(plan => {
    const info = tensorInfo(plan, offset)
    offset += tensorBytes(plan)
    return info
  })
  const head = header(entries, infos)
  const weights = plans.map((plan, index) => Buffer.from(Float32Array.from({ length: tensorBytes(plan) / 4 }, (_, at) => ((at % 7) - 3) * 0.01 * (index + 1)).buffer))
  await writeFile(path, Buffer.concat([head, padding(head.length), ...weights]))
}
