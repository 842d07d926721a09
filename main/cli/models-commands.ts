import { resolve } from 'node:path'
import type { Client } from '#shared/contract/index.ts'
import type { Model } from '#shared/contract/models.ts'

export async function listModels(client: Client, isJson: boolean): Promise<void> {
  const models = await client.models.list()
  process.stdout.write(isJson ? `${JSON.stringify(models)}\n` : models.map(model => `${describe(model)}\n`).join(''))
}

export async function addModel(client: Client, file: string, isJson: boolean): Promise<void> {
  const model = await client.models.add({ path: resolve(file) })
  process.stdout.write(`${isJson ? JSON.stringify(model) : describe(model)}\n`)
}

function describe(model: Model): string {
  const abilities = [model.canChat ? 'chat' : '', model.canFill ? 'completion' : ''].filter(Boolean).join(', ') || 'no chat, no completion'
  const size = `${(model.sizeBytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`
  return [model.name, `${(model.parameters / 1e6).toLocaleString('en', { maximumFractionDigits: 0 })} million weights`, model.quantization, size, abilities, model.path].join('  ')
}
