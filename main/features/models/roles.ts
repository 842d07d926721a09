import type { Model, ModelRole } from '#shared/contract/models.ts'
import { AppError } from '#shared/errors.ts'

/** What a model is made for. Completion follows the chat role until it is given to another. */
export function usualRoles(model: Model): ModelRole[] {
  if (model.use === 'embed') return ['embedding']
  return model.use === 'rerank' ? ['rerank'] : ['chat']
}

/** Throws MODEL_CANNOT_… for a role that the model cannot have. */
export function checkRole(model: Model, role: ModelRole): void {
  const { id } = model
  if (role === 'chat' && model.use !== 'generate') throw new AppError('MODEL_CANNOT_CHAT', { id })
  // A model without fill-in tokens is asked in words.
  if (role === 'completion' && model.use !== 'generate') throw new AppError('MODEL_CANNOT_FILL', { id })
  if (role === 'embedding' && model.use !== 'embed') throw new AppError('MODEL_CANNOT_EMBED', { id })
  if (role === 'rerank' && model.use !== 'rerank') throw new AppError('MODEL_CANNOT_RERANK', { id })
}
