import { resolve } from 'node:path'
import type { Client } from '#shared/contract/index.ts'
import type { Model } from '#shared/contract/models.ts'
import { servedNames } from '#shared/served-names.ts'
import { UsageError } from './usage-error.ts'

/** A model by its id, its file, the name that the server gives it, or its own name, of which the beginning is enough where it is of one model alone. Throws UsageError where none or several are called so. */
export async function findModel(client: Client, name: string): Promise<Model> {
  return oneNamed(await client.models.list(), name)
}

/** The same of these. */
export function oneNamed(models: readonly Model[], name: string): Model {
  const model = modelNamed(models, name)
  if (!model) throw new UsageError({ what: `There is nothing called “${name}”.`, why: 'No model on the list has this id, file or name, and the name of none begins so.', action: 'See cortex models list; what cortex models browse shows is downloaded first, with cortex models download.' })
  return model
}

function modelNamed(models: readonly Model[], name: string): Model | null {
  return wholeNamed(models, name) ?? begunBy(models, name)
}

/** By its id, its file, its whole name or the name that the server gives it. Throws UsageError where several have the name. */
export function wholeNamed(models: readonly Model[], name: string): Model | null {
  return models.find(({ id, path }) => id === name || path === resolve(name)) ?? onlyOne(models.filter(model => model.name === name), name) ?? servedNames(models).get(name) ?? null
}

/** By the beginning of its name. Throws UsageError where several begin so. */
export function begunBy(models: readonly Model[], begin: string): Model | null {
  return begin === '' ? null : onlyOne(models.filter(({ name }) => name.toLowerCase().startsWith(begin.toLowerCase())), begin)
}

function onlyOne(models: readonly Model[], named: string): Model | null {
  const [only = null] = models
  if (models.length <= 1) return only
  throw new UsageError({ what: `“${named}” names ${models.length} models.`, why: `They are ${models.map(({ name, id, path }) => `${name} (${id}, ${path})`).join('; ')}.`, action: 'Name one by its id or its file.' })
}
