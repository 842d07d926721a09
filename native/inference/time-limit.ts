import { createContext, Script } from 'node:vm'
import { AppError } from '#shared/errors.ts'

const context = createContext({ work: null })
const call = new Script('work()')

/** Runs what does not wait, and stops it when it takes too long: a template is a program of somebody else. Throws what the work throws, or `late`. */
export function withTimeLimit<T>(milliseconds: number, work: () => T, late: () => AppError): T {
  let result: { value: T } | undefined
  context['work'] = () => {
    result = { value: work() }
  }
  try {
    call.runInContext(context, { timeout: milliseconds })
  } catch (error) {
    // It comes from another realm, whose errors are none of ours.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw late()
    throw error
  } finally {
    context['work'] = null
  }
  if (!result) throw late()
  return result.value
}
