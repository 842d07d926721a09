import type { ComparedModel, ComparedName, Fit, ModelDetails, ModelOrigin } from '#shared/contract/library.ts'
import type { Benchmark, Model } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'
import type { Catalogue, CatalogueEntry, ModelUse } from '#shared/model-catalogue.ts'
import { factsOfEntry } from './catalogue.ts'
import { entryOf } from './catalogue-items.ts'

interface Sources {
  catalogue: Catalogue
  models: readonly Model[]
  benchmarks: readonly Benchmark[]
  originOf: (modelId: string) => ModelOrigin | null
  detailsOf: (modelId: string) => Promise<ModelDetails>
  fitOf: (entryId: string, quantization: string) => Promise<Fit>
}

/** Each model as it was named, in that order. Throws MODEL_NOT_FOUND, CATALOGUE_ENTRY_NOT_FOUND and what `detailsOf` throws. */
export async function compareModels(named: readonly ComparedName[], sources: Sources): Promise<ComparedModel[]> {
  return await Promise.all(named.map(async name => await ('modelId' in name ? hereModel(name.modelId, sources) : publishedModel(name, sources))))
}

async function hereModel(id: string, { catalogue, models, benchmarks, originOf, detailsOf }: Sources): Promise<ComparedModel> {
  const model = models.find(one => one.id === id)
  if (!model) throw new AppError('MODEL_NOT_FOUND', { id })
  const entry = entryOf(model, originOf(id), catalogue)
  const { fit, licence, sizeBytes } = await detailsOf(id)
  return {
    ...factsOf(entry),
    modelId: id,
    name: model.name,
    quantization: model.quantization,
    sizeBytes,
    parameters: model.parameters,
    contextTokens: model.contextLength,
    uses: entry?.uses ?? usesOf(model),
    licence: entry ? licenceOf(entry) : licence === null ? null : { name: licence, isPermissive: null },
    fit,
    benchmark: benchmarks.find(({ modelId }) => modelId === id) ?? null,
  }
}

async function publishedModel({ entryId, quantization }: Extract<ComparedName, { entryId: string }>, { catalogue, fitOf }: Sources): Promise<ComparedModel> {
  const fit = await fitOf(entryId, quantization)
  const entry = catalogue.entries.find(({ id }) => id === entryId)
  if (!entry) throw new AppError('CATALOGUE_ENTRY_NOT_FOUND', { id: entryId })
  const { sizeBytes } = factsOfEntry(entry, quantization)
  return { ...factsOf(entry), modelId: null, name: entry.name, quantization, sizeBytes, parameters: entry.parameters, contextTokens: entry.contextTokens, uses: entry.uses, licence: licenceOf(entry), fit, benchmark: null }
}

function factsOf(entry: CatalogueEntry | null): Pick<ComparedModel, 'entryId' | 'activeParameters' | 'languages' | 'codeLanguages'> {
  return { entryId: entry?.id ?? null, activeParameters: entry?.activeParameters ?? null, languages: entry?.languages ?? null, codeLanguages: entry?.codeLanguages ?? null }
}

function licenceOf({ licence: { name, isPermissive } }: CatalogueEntry): NonNullable<ComparedModel['licence']> {
  return { name, isPermissive }
}

function usesOf({ canChat, canFill, canEmbed, canRerank }: Model): ModelUse[] {
  const uses: [ModelUse, boolean][] = [['chat', canChat], ['completion', canFill], ['embedding', canEmbed], ['rerank', canRerank]]
  return uses.filter(([, can]) => can).map(([use]) => use)
}
