import { writeFileSync } from 'node:fs'
import { entry, header, padding, tensorBytes, tensorInfo, type TensorPlan } from './gguf-writer.ts'

const rank = 4

/** Writes a LoRA adapter for one matrix of a model: two narrow matrices, whose product is added to it. `strength` 0 adds nothing. */
export function makeAdapter({ path, architecture, tensor, inputs, outputs, strength }: { path: string; architecture: string; tensor: string; inputs: number; outputs: number; strength: number }): void {
  const plans: TensorPlan[] = [
    { name: `${tensor}.lora_a`, dimensions: [inputs, rank], type: 'F32' },
    { name: `${tensor}.lora_b`, dimensions: [rank, outputs], type: 'F32' },
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
    offset += tensorBytes(plan) + padding(tensorBytes(plan)).length
    return info
  })
  const head = header(entries, infos)
  // Always the same numbers: a wave, which is neither zero nor the same in any two rows.
  const values = plans.map((plan, index) => Buffer.from(Float32Array.from({ length: tensorBytes(plan) / 4 }, (_, at) => Math.sin(at * (index + 1) * 0.7) * (index === 1 ? strength : 1)).buffer))
  writeFileSync(path, Buffer.concat([head, padding(head.length), ...values.flatMap(bytes => [bytes, padding(bytes.length)])]))
}
