import type { Model } from './contract/models.ts'

/** Models by the names under which the server lists them, which stay the same and which a command line can take. Those whose names would be the same are told apart by their quantization, and then by their id. */
export function servedNames<M extends Pick<Model, 'id' | 'name' | 'quantization'>>(models: readonly M[]): Map<string, M> {
  const steps: ((model: M) => string)[] = [model => slug(model.name), model => slug(`${model.name}-${model.quantization}`), model => slug(`${model.name}-${model.quantization}-${model.id.slice(-6)}`)]
  const names = new Map<string, M>()
  let left = [...models]
  for (const step of steps) {
    const counts = Map.groupBy(left, step)
    for (const [name, [model, ...others]] of counts) if (model && others.length === 0 && !names.has(name)) names.set(name, model)
    left = left.filter(model => ![...names.values()].includes(model))
  }
  for (const model of left) names.set(model.id, model)
  // In the order of the list, whichever step named them.
  return new Map([...names].sort(([, a], [, b]) => models.indexOf(a) - models.indexOf(b)))
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9._]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'model'
}

/** What a client puts into the field `model` of a request to mean this one. */
export function servedNameOf(id: string, models: readonly Pick<Model, 'id' | 'name' | 'quantization'>[]): string {
  return [...servedNames(models)].find(([, model]) => model.id === id)?.[0] ?? id
}
