import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ServedModel } from '#shared/served-model.ts'
import { ApiError } from '../api-error.ts'
import type { Exchange } from '../exchange.ts'
import { parse } from '../read-body.ts'

/** The version of Ollama whose interface this is: the first with thinking. Its clients compare it with what they need. */
const interfaceVersion = '0.9.0'
/** Its clients take a date as given; models stay loaded until something else needs the memory. */
const whileLoadedMilliseconds = 5 * 60_000

/** `GET /api/version`. */
export async function ollamaVersion({ answer }: Exchange): Promise<void> {
  answer.json({ version: interfaceVersion })
}

/** `GET /api/tags`. */
export async function ollamaTags({ server, caller, endpoint, answer }: Exchange): Promise<void> {
  answer.json({ models: (await server.list(caller, endpoint)).map(describe) })
}

/** `GET /api/ps`: the models that are loaded. */
export async function ollamaLoaded({ server, caller, endpoint, answer, now }: Exchange): Promise<void> {
  const expires = new Date(now().getTime() + whileLoadedMilliseconds).toISOString()
  const loaded = (await server.list(caller, endpoint)).filter(model => model.isLoaded)
  answer.json({ models: loaded.map(model => ({ ...describe(model), expires_at: expires, size_vram: 0 })) })
}

const ShowRequest = z.object({ model: z.string().min(1).nullish(), name: z.string().min(1).nullish() })

/** `POST /api/show`. */
export async function ollamaShow({ server, caller, endpoint, body, answer }: Exchange): Promise<void> {
  const { model: asked, name } = parse(ShowRequest, body)
  const wanted = asked ?? name
  if (!wanted) throw new ApiError('invalid', 'model is required', { param: 'model' })
  const model = await server.describe(caller, endpoint, wanted)
  const { architecture, parameters, contextLength, title, canChat, canFill, canEmbed } = model
  const capabilities = [...(canChat || canFill ? ['completion'] : []), ...(canChat ? ['tools'] : []), ...(canFill ? ['insert'] : []), ...(canEmbed ? ['embedding'] : [])]
  answer.json({
    modelfile: '',
    parameters: '',
    template: '',
    details: describe(model).details,
    model_info: { 'general.architecture': architecture, 'general.basename': title, 'general.parameter_count': parameters, [`${architecture}.context_length`]: contextLength },
    capabilities,
    modified_at: (model.modifiedAt ?? new Date(0)).toISOString(),
  })
}

/** Models come and go by the person's word, in Cortex. */
export async function ollamaManage(): Promise<void> {
  throw new ApiError('forbidden', 'models are added and removed in Cortex, not over this interface: see cortex models')
}

function describe({ name, id, sizeBytes, architecture, parameters, quantization, modifiedAt }: ServedModel) {
  return {
    name,
    model: name,
    modified_at: (modifiedAt ?? new Date(0)).toISOString(),
    size: sizeBytes,
    // Its clients tell versions of a model apart by this: of the file's place, size and date, since hashing all of it would take minutes.
    digest: createHash('sha256').update(JSON.stringify([id, sizeBytes, modifiedAt])).digest('hex'),
    details: { parent_model: '', format: 'gguf', family: architecture, families: [architecture], parameter_size: shownParameters(parameters), quantization_level: quantization },
  }
}

function shownParameters(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)}B` : `${(count / 1e6).toFixed(count < 1e7 ? 2 : 0)}M`
}
