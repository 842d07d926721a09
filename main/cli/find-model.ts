import { resolve } from 'node:path'
import type { Client } from '#shared/contract/index.ts'
import type { Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import { servedNames } from '#shared/served-names.ts'

/** A model by its id, its file, the name that the server gives it, or its own name, of which the beginning is enough where it is of one model alone. Throws MODEL_NOT_FOUND. */
export async function findModel(client: Client, name: string): Promise<Model> {
  const models = await client.models.list()
  const exact = models.find(model => model.id === name || model.path === resolve(name) || model.name === name) ?? servedNames(models).get(name)
  if (exact) return exact
  const begin = models.filter(model => model.name.toLowerCase().startsWith(name.toLowerCase()))
  const [only] = begin
  if (only && begin.length === 1) return only
  throw new AppError('MODEL_NOT_FOUND', { id: name })
}
