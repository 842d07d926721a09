import type { Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { ServedModel } from '#shared/served-model.ts'
import { servedNames } from '#shared/served-names.ts'
import type { Clock } from '../../platform/clock/clock.ts'

interface Dependencies {
  list: () => Promise<readonly Model[]>
  loadedIds: () => readonly string[]
  modifiedAt: (path: string) => Promise<Date | null>
  clock: Clock
}

const freshMilliseconds = 1000

/** The models that Cortex knows, by names that stay the same and that a command line can take. */
export class ServedModels {
  readonly #dependencies: Dependencies
  #listed: { at: number; models: Map<string, Model> } | null = null

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async all(): Promise<ServedModel[]> {
    return await Promise.all([...(await this.#read())].map(([name, model]) => this.#describe(name, model)))
  }

  /** By its name here, its id or its title, with or without Ollama's `:latest`. Throws MODEL_NOT_FOUND. */
  async find(asked: string): Promise<{ name: string; id: string }> {
    const { clock } = this.#dependencies
    const isFresh = this.#listed !== null && clock.monotonic() - this.#listed.at < freshMilliseconds
    const found = (isFresh ? match(this.#listed?.models, asked) : null) ?? match(await this.#read(), asked)
    if (!found) throw new AppError('MODEL_NOT_FOUND', { id: asked })
    return { name: found[0], id: found[1].id }
  }

  async get(asked: string): Promise<ServedModel> {
    const found = match(await this.#read(), asked)
    if (!found) throw new AppError('MODEL_NOT_FOUND', { id: asked })
    return await this.#describe(...found)
  }

  /** One that is known, though it may not be on the list. */
  async of(model: Model): Promise<ServedModel> {
    return await this.#describe(await this.nameOf(model.id), model)
  }

  async nameOf(id: string): Promise<string> {
    return [...(await this.#read())].find(([, model]) => model.id === id)?.[0] ?? id
  }

  async #read(): Promise<Map<string, Model>> {
    const models = servedNames(await this.#dependencies.list())
    this.#listed = { at: this.#dependencies.clock.monotonic(), models }
    return models
  }

  async #describe(name: string, model: Model): Promise<ServedModel> {
    const { id, name: title, sizeBytes, architecture, parameters, quantization, contextLength, canChat, canFill, canEmbed, canRerank } = model
    const modifiedAt = await this.#dependencies.modifiedAt(model.path).catch(() => null)
    const isLoaded = this.#dependencies.loadedIds().includes(id)
    return { name, id, title, sizeBytes, architecture, parameters, quantization, contextLength, canChat, canFill, canEmbed, canRerank, modifiedAt, isLoaded }
  }
}

function match(models: Map<string, Model> | undefined, asked: string): [string, Model] | null {
  const wanted = asked.trim().replace(/:latest$/, '')
  const entry = [...(models ?? [])].find(([name, { id, name: title }]) => name === wanted.toLowerCase() || id === wanted || title.toLowerCase() === wanted.toLowerCase())
  return entry ?? null
}
