import { isAppError } from '#shared/errors.ts'

/** Makes a change that is only a convenience: where the database cannot take it, what a person asked for goes on without it. */
export function changeIfRoom(change: () => void): void {
  try {
    change()
  } catch (error) {
    if (!isAppError(error) || !error.code.startsWith('STORAGE_')) throw error
  }
}
