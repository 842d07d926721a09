import { isErrorCode, type ErrorCode, type ErrorData } from './errors.ts'

/** What happened, why, and what to do next: one sentence each, for a person. */
export interface ErrorText {
  what: string
  why: string
  next: string
}

type Words = { [C in ErrorCode]: (data: ErrorData<C>) => ErrorText }

const text = (what: string, why: string, next: string): ErrorText => ({ what, why, next })
const count = (value: number): string => value.toLocaleString('en')

/** A size with its unit, in powers of 1,000. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1] ?? 'B'}`
}

const words: Words = {
  WORKSPACE_NOT_FOUND: () => text('This folder is no longer open.', 'Cortex has no open folder with this id.', 'Open the folder again.'),
  FOLDER_NOT_FOUND: ({ path }) => text(`There is no folder ${path}.`, 'It was moved, renamed or deleted, or the path has a typing error.', 'Check the path or choose another folder.'),
  FOLDER_UNREADABLE: ({ path }) => text(`The folder ${path} cannot be read.`, 'Your user has no right to read it.', 'Change its rights or choose another folder.'),
  NOT_A_FOLDER: ({ path }) => text(`${path} is not a folder.`, 'A file or something else has this path.', 'Choose the folder that holds it.'),
  FILE_NOT_FOUND: ({ path }) => text(`There is no file ${path}.`, 'It was moved, renamed or deleted.', 'Look for it in the explorer, or create it.'),
  FILE_EXISTS: ({ path }) => text(`${path} exists already.`, 'Cortex never overwrites a file by creating or moving another.', 'Choose another name.'),
  FILE_UNREADABLE: ({ path, reason }) => text(`${path} cannot be read.`, reason, 'Check the rights of the file and try again.'),
  FILE_NOT_WRITABLE: ({ path, reason }) => text(`${path} cannot be written.`, reason, 'Your text is kept. Check the rights of the file and its folder and save again.'),
  FILE_TOO_LARGE: ({ path, sizeBytes, limitBytes }) => text(`${path} is too large to open.`, `It has ${sizeText(sizeBytes)}; the limit is ${sizeText(limitBytes)}.`, 'Open it with another program.'),
  FILE_BINARY: ({ path, sizeBytes }) => text(`${path} is not a text file.`, `Its ${sizeText(sizeBytes)} hold bytes that no text has.`, 'Open it with another program.'),
  FILE_CHANGED_ON_DISK: ({ path }) => text(`${path} changed on disk.`, 'Another program wrote it after it was opened here.', 'Compare the two, then save over it or take the version on disk.'),
  FILE_NAME_INVALID: ({ name, reason }) => text(`${JSON.stringify(name)} cannot be a file name.`, reason, 'Choose another name.'),
  PATH_OUTSIDE_WORKSPACE: ({ path }) => text(`${path} lies outside the open folder.`, 'Cortex reads and writes only inside the open folder, links included.', 'Open the folder that holds it.'),
  DISK_FULL: ({ path }) => text(`${path} could not be saved.`, 'The disk is full.', 'Your text is kept and the file on disk is as it was. Free some space and save again.'),
  TRASH_FAILED: ({ path, reason }) => text(`${path} could not be moved to the trash.`, reason, 'Nothing was deleted. Delete it with another program if you mean to.'),
  MODEL_NOT_FOUND: ({ id }) => text(`There is no model ${id}.`, 'It is not on the list of models, or its file was moved or deleted.', 'Choose another model, or add its file again.'),
  MODEL_FILE_INVALID: ({ path, reason }) => text(`${path} is not a model that can be loaded.`, reason, 'Fetch the file again, or choose another GGUF file.'),
  MODEL_UNSUPPORTED: ({ path, architecture }) => text(`${path} cannot be run.`, `Its architecture, ${architecture}, is not one that the engine knows.`, 'Choose a model of another architecture.'),
  MODEL_OUT_OF_MEMORY: ({ id, neededBytes, freeBytes }) => text(`The model ${id} does not fit into memory.`, `It needs about ${sizeText(neededBytes)}; ${sizeText(freeBytes)} are free.`, 'Close other programs, set a smaller context size or choose a smaller model.'),
  MODEL_LOAD_FAILED: ({ id, reason }) => text(`The model ${id} could not be loaded.`, reason, 'Try again, or choose another model; the log says more.'),
  MODEL_NOT_LOADED: () => text('No model is loaded.', 'Chat and completion need one.', 'Choose a model in the model picker.'),
  MODEL_CANNOT_FILL: ({ id }) => text(`The model ${id} cannot complete code at a cursor.`, 'It was not trained to fill in between text before and after.', 'Choose a model that can fill in the middle.'),
  MODEL_CANNOT_CHAT: ({ id }) => text(`The model ${id} cannot chat.`, 'Its file has no chat template.', 'Choose a model made for chat.'),
  CONTEXT_OVERFLOW: ({ promptTokens, availableTokens, contextTokens }) =>
    text('The question is too long for this model.', `It has ${count(promptTokens)} tokens; ${count(availableTokens)} of the context's ${count(contextTokens)} are free for it.`, 'Shorten it, attach less, or choose a model with a larger context.'),
  WORKER_CRASHED: ({ worker, reason }) => text(`The ${worker} process ended unexpectedly.`, reason, 'What had come is kept. Cortex starts it again; try once more.'),
  WORKER_UNAVAILABLE: ({ worker, crashes }) => text(`The ${worker} process is not running.`, `It crashed ${count(crashes)} times in a short while, so Cortex stopped starting it.`, 'Choose another model or restart Cortex; the log says more.'),
  CONVERSATION_NOT_FOUND: () => text('This conversation is not there.', 'It was deleted.', 'Choose another conversation or start a new one.'),
  CONVERSATION_BUSY: () => text('An answer is still being written.', 'A conversation answers one question at a time.', 'Stop the answer or wait for its end.'),
  MESSAGE_NOT_FOUND: () => text('There is no such message.', 'It was removed, or the conversation has no question yet.', 'Ask a question first.'),
  TERMINAL_NOT_FOUND: () => text('This terminal is not there.', 'It was closed.', 'Open a new terminal.'),
  TERMINAL_START_FAILED: ({ shell, reason }) => text(`The shell ${shell} could not be started.`, reason, 'Set another shell in the settings.'),
  SETTINGS_INVALID: ({ path, problems }) => text(`The settings in ${path} are not valid.`, problems.join(' '), 'Correct what is named; until then the former values stay in force.'),
  SETTING_UNKNOWN: ({ key }) => text(`There is no setting ${key}.`, 'No setting of Cortex has this name.', 'Look for its name in the settings.'),
  STORAGE_LOCKED: ({ path, reason }) => text('Your conversations and unsaved text cannot be opened.', `${path}: ${reason}`, 'Nothing was deleted. Put the key back where it was and start again.'),
  STORAGE_DAMAGED: ({ path }) => text('The database of this profile is damaged.', `${path} could not be read as it was written.`, 'The damaged file is kept beside the new one. Restore a backup if you have one.'),
  STORAGE_FULL: ({ path }) => text('It could not be kept.', `The disk that holds ${path} is full.`, 'Free some space and try again.'),
  PORT_IN_USE: ({ port }) => text(`Port ${port} is taken.`, 'Another program listens on it.', 'Give another number with --port, or leave it out to take any free port.'),
  HOST_UNREACHABLE: ({ reason }) => text('The running Cortex does not answer.', reason, 'End it and start again.'),
}

/** The words for an error of the catalogue; `data` is what came with the code. */
export function errorText(code: ErrorCode, data: unknown): ErrorText {
  // The contract validated the data of this code on its way here.
  return (words[code] as (data: unknown) => ErrorText)(data)
}

/** The words for anything that a call may end with: an error of the catalogue, or a fault that nobody foresaw. */
export function errorTextOf(error: unknown): ErrorText {
  const { code, data, message } = typeof error === 'object' && error !== null ? (error as { code?: unknown; data?: unknown; message?: unknown }) : {}
  if (isErrorCode(code)) return errorText(code, data)
  return text('Cortex failed in a way it did not foresee.', typeof message === 'string' && message ? message : 'It gave no reason.', 'Try again; the log says more.')
}
