import { errorCatalog, isErrorCode, type ErrorCode, type ErrorData } from './errors.ts'

/** An error in plain words; each is one or two whole sentences. */
export interface ErrorText {
  what: string
  why: string
  action: string
}

type Words<C extends ErrorCode> = (data: ErrorData<C>) => ErrorText

const text = (what: string, why: string, action: string): ErrorText => ({ what, why, action })
const count = (value: number): string => value.toLocaleString('en-US')
/** What somebody else made up may be of any length. */
const named = (name: string): string => (name.length > 100 ? `“${name.slice(0, 100)}…”` : `“${name}”`)
const shown = (path: string): string => `“${path === '' ? '.' : path}”`

/** A reason as the end of a sentence; some come as sentences of their own. */
const clause = (reason: string): string => reason.replace(/[.\s]+$/, '')

function bytes(value: number): string {
  if (value < 1000) return `${count(value)} bytes`
  const units = ['kB', 'MB', 'GB', 'TB']
  const power = Math.min(Math.floor(Math.log10(value) / 3), units.length)
  const scaled = value / 1000 ** power
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${units[power - 1] ?? 'B'}`
}

const freeSpace = 'Free some space on the disk, then save again.'
const restartModel = 'Ask again; the model starts by itself.'

const hashWords: Record<string, string> = { catalogue: 'the catalogue', repository: 'the repository', person: 'the hash that you gave', 'first-download': 'what came the first time' }

const slotNames = { keychain: 'keychain entry', passphrase: 'passphrase', recovery: 'recovery code', file: 'key file' } as const
const retry = (milliseconds: number): string => (milliseconds > 0 ? `Try again in ${count(Math.ceil(milliseconds / 1000))} seconds.` : 'Try again.')

type KeychainReason = ErrorData<'KEYCHAIN_UNAVAILABLE'>['reason']
const keychainReasons: Record<KeychainReason, string> = {
  absent: 'This system has no keychain that answers, or its use is turned off.',
  locked: 'It is locked.',
  'no-answer': 'It did not answer in time; it may be asking you something.',
  refused: 'It refused, or its process ended.',
}
const keychainActions: Record<KeychainReason, string> = {
  absent: 'Set a passphrase instead, or start a keychain such as GNOME Keyring or KWallet.',
  locked: 'Unlock it, then try again.',
  'no-answer': 'Answer its question, then try again.',
  refused: 'Allow Cortex to use it, then try again, or set a passphrase instead.',
}

const catalog: { [C in ErrorCode]: Words<C> } = {
  WORKSPACE_NOT_FOUND: () => text('This folder is not open.', 'It was closed, forgotten or moved since this window last saw it.', 'Open the folder again from the welcome page.'),
  FOLDER_NOT_FOUND: ({ path }) => text(`The folder ${shown(path)} was not found.`, 'It was moved, renamed or deleted, or its disk is not connected.', 'Choose another folder, or bring this one back and try again.'),
  FOLDER_UNREADABLE: ({ path }) => text(`The folder ${shown(path)} cannot be read.`, 'Your account may not look into it, or its disk reports a fault.', 'Change its permissions or choose another folder.'),
  NOT_A_FOLDER: ({ path }) => text(`${shown(path)} is not a folder.`, 'A file stands at this place.', 'Choose the folder that the file lies in.'),
  FILE_NOT_FOUND: ({ path }) => text(`The file ${shown(path)} was not found.`, 'Nothing stands at that path: it may have been moved, renamed or deleted, or the path is mistyped.', 'Check the path, then try again.'),
  FILE_EXISTS: ({ path }) => text(`${shown(path)} exists already.`, 'Nothing is overwritten without your word.', 'Choose another name.'),
  FILE_UNREADABLE: ({ path, reason }) => text(`${shown(path)} cannot be read.`, `The system refused: ${clause(reason)}.`, 'Change its permissions or close the program that holds it, then open it again.'),
  FILE_NOT_WRITABLE: ({ path, reason }) => text(`${shown(path)} was not written.`, `The system refused: ${clause(reason)}. The file is as it was.`, 'Change its permissions, or save your text under another name.'),
  FILE_TOO_LARGE: ({ path, sizeBytes, limitBytes }) =>
    text(`${shown(path)} is too large to open.`, `It holds ${bytes(sizeBytes)}; the editor opens files of up to ${bytes(limitBytes)}.`, 'Look at it in the terminal, for example with less.'),
  FILE_BINARY: ({ path, sizeBytes }) => text(`${shown(path)} is not a text file.`, `Its ${bytes(sizeBytes)} hold bytes that no text has.`, 'Open it with the program it was made by.'),
  FILE_CHANGED_ON_DISK: ({ path, version }) =>
    version === null
      ? text(`${shown(path)} was deleted on disk.`, 'Another program removed it while you were editing. Your text is kept here.', 'Save to write it anew, or discard your text.')
      : text(`${shown(path)} changed on disk.`, 'Another program wrote to it while you were editing. Your text is kept here and nothing was overwritten.', 'Compare both, then overwrite the file or take what is on disk.'),
  FILE_NAME_INVALID: ({ name, reason }) => text(`${shown(name)} cannot be a name here.`, `The reason: ${clause(reason)}.`, 'Choose another name.'),
  PATH_OUTSIDE_WORKSPACE: ({ path }) => text(`${shown(path)} lies outside the open folder.`, 'Cortex reads and writes only inside the folder that is open, and follows no link that leaves it.', 'Open the folder that holds it.'),
  DISK_FULL: ({ path }) => text(`${shown(path)} was not saved.`, 'The disk is full or your share of it is used up. The file on disk is as it was, and your text is kept here.', freeSpace),
  TRASH_FAILED: ({ path, reason }) => text(`${shown(path)} was not moved to the trash.`, `The system's trash refused: ${clause(reason)}. Nothing was deleted.`, 'Check that the trash of this disk works, or delete it in the terminal.'),
  MODEL_NOT_FOUND: ({ id }) => text(id === '' ? 'No model was named.' : `The model ${named(id)} is not on the list.`, 'It was taken off the list, or its name or id is wrong.', 'Choose one that is on the list, which cortex models list shows too, or add its file again.'),
  MODEL_FILE_INVALID: ({ path, reason }) => text(`${shown(path)} is not a model that can be loaded.`, `Its header was checked before anything read it: ${clause(reason)}.`, 'Download the file again, or choose another GGUF file.'),
  MODEL_UNSUPPORTED: ({ path, architecture }) => text(`${shown(path)} is of a kind that is not supported.`, `Its architecture is “${architecture}”, which the engine does not know.`, 'Choose a model of another architecture.'),
  MODEL_OUT_OF_MEMORY: ({ neededBytes, freeBytes }) =>
    text('There is not enough memory for this model.', `It needs about ${bytes(neededBytes)}; ${bytes(freeBytes)} are free.`, 'Close other programs, set a smaller context, or choose a smaller model.'),
  MODEL_DOES_NOT_FIT: ({ neededBytes, freeBytes, suggestion }) =>
    text(
      'There is not enough memory for this model beside what is loaded.',
      `It needs about ${bytes(neededBytes)} the way it was to be loaded, and models may take ${bytes(freeBytes)} more.`,
      suggestion === null
        ? 'Unload another model, raise the memory budget in the settings, close other programs, or choose a smaller model.'
        : `Load it with a context of ${count(suggestion.contextTokens)} tokens${suggestion.freeGpuBytes === null ? ` and a ${suggestion.kvCacheType} cache` : `, a ${suggestion.kvCacheType} cache and ${count(suggestion.gpuLayers)} layers on the graphics card`}, which takes ${bytes(suggestion.totalBytes)}, or unload another model.`,
    ),
  MODEL_LOAD_FAILED: ({ reason }) => text('The model did not load.', `The engine reports: ${clause(reason)}.`, 'Try again, set Device to Processor only, or choose another model.'),
  MODEL_OPTION_INVALID: ({ option, reason }) =>
    option === 'draft'
      ? text('This draft model cannot be used.', `${clause(reason)}.`, 'Choose another or none under Draft model in the load options, or load the model with cortex models load MODEL --draft none.')
      : text(`The option “${option}” of this model cannot be so.`, `The reason: ${clause(reason)}.`, 'Change it and load the model again.'),
  PRESET_NOT_FOUND: () => text('This preset is not on the list.', 'It was removed, or its id is wrong.', 'Choose another preset.'),
  MODEL_NOT_LOADED: () => text('No model is loaded.', 'None was chosen yet, or the last one was unloaded or failed.', 'Choose a model in the status bar.'),
  MODEL_CANNOT_FILL: () => text('This model cannot complete code at the cursor.', 'It was not trained to fill in text between a beginning and an end.', 'Choose a model marked for completion, such as the starter.'),
  MODEL_CANNOT_CHAT: () => text('This model cannot chat.', 'Its file brings no template for conversations.', 'Choose a model marked for chat.'),
  MODEL_CANNOT_EMBED: () => text('This model makes no vectors.', 'It was made or loaded to write text.', 'Choose a model marked for embedding.'),
  MODEL_CANNOT_RERANK: () => text('This model ranks nothing.', 'It was made or loaded for something else.', 'Choose a model marked for reranking.'),
  SCHEMA_UNSUPPORTED: ({ reason }) => text('The answer cannot be held to this schema.', `${clause(reason)}.`, 'Leave that part of the schema out, or ask without a schema.'),
  CATALOGUE_ENTRY_NOT_FOUND: ({ id }) => text(`${shown(id)} is not in the catalogue.`, 'No entry, or no file of that entry, has this name.', 'See what there is in Models, or with cortex models browse.'),
  DOWNLOAD_NOT_FOUND: () => text('This download is gone already.', 'It was taken off the list, perhaps in another window.', 'Start it again from the catalogue.'),
  DOWNLOAD_TARGET_INVALID: ({ reason }) => text('This cannot be downloaded.', `The reason: ${clause(reason)}.`, 'Name a GGUF file of a repository, or its address.'),
  DOWNLOAD_NEEDS_GRANT: ({ host, port, feature, mode, rule }) =>
    text(
      `Nothing was downloaded from ${shown(host)}.`,
      `Cortex may not connect to it on port ${port}: ${clause(rule)}. Nothing was sent.`,
      `Allow it on the privacy page, or with ${mode === 'offline' ? 'cortex egress mode list, then ' : ''}cortex egress grant ${port === 443 || port === 80 ? host : `${host}:${port}`} --feature ${feature}.`,
    ),
  DOWNLOAD_SOURCE_MISSING: ({ host, name }) => text(`${shown(host)} does not have ${shown(name)}.`, 'It was renamed or deleted there, it is private, or the name is mistyped.', 'Check the name, or choose another file.'),
  DOWNLOAD_SOURCE_REFUSED: ({ host, name, status }) =>
    text(`${shown(host)} did not hand out ${shown(name)}.`, `It answered with status ${status}: who asks must be known there, or must have accepted a licence first.`, 'Keep a token as a secret, name that secret in the setting for the registry, then resume.'),
  DOWNLOAD_SOURCE_FAILED: ({ host, reason }) => text(`${shown(host)} could not deliver the file.`, `The connection was allowed, but ${clause(reason)}. What came is kept.`, 'Resume later, or name a mirror in the settings.'),
  DOWNLOAD_DISK_FULL: ({ path, neededBytes, freeBytes }) =>
    text('The download is paused: the disk is full.', `There are ${bytes(neededBytes)} still to come for ${shown(path)}${freeBytes === null ? '' : `, and ${bytes(freeBytes)} are free`}. What came is kept.`, 'Free some space on that disk, then resume.'),
  DOWNLOAD_HASH_WRONG: ({ name, expected, actual, hashSource, quarantine }) =>
    text(
      `${shown(name)} is not the file that it should be.`,
      `Its SHA-256 is ${actual.slice(0, 12)}…, and ${hashWords[hashSource] ?? 'what is known'} says ${expected.slice(0, 12)}…. It was set aside as ${shown(quarantine)} and is not used.`,
      'Resume to get it anew; if it is wrong again, do not trust the source.',
    ),
  LIBRARY_FILE_FOREIGN: ({ path, folder }) => text(`${shown(path)} was not deleted.`, `It does not lie in Cortex's own folder of models, ${shown(folder)}.`, 'Take it off the list instead, or delete it with the program that it belongs to.'),
  UPLOAD_NOT_FOUND: () => text('This upload is gone.', 'It was cancelled, or nothing came for a while and it was given up.', 'Hand the file over again.'),
  UPLOAD_OUT_OF_ORDER: ({ expected, received }) => text('The upload does not fit together.', `Bytes from ${count(received)} on came where those from ${count(expected)} on were due.`, 'Hand the file over again.'),
  PACK_INVALID: ({ path, reason }) => text(`${shown(path)} is not a pack that can be used.`, `The reason: ${clause(reason)}.`, 'Copy the pack again from where it was made, or make it anew with cortex models pack.'),
  CONTEXT_OVERFLOW: ({ promptTokens, availableTokens, contextTokens }) =>
    text(
      'The question is too long for this model.',
      `It takes ${count(promptTokens)} tokens; ${count(availableTokens)} of the model's ${count(contextTokens)} are available for it. Nothing was cut or sent.`,
      'Shorten it, attach less, or choose a model with a larger context.',
    ),
  CONTEXT_REFUSED: ({ path, label, rule }) => text(`${shown(path)} is ${label} and was not given to the model.`, `The rule: ${clause(rule)}. Nothing of it was sent.`, 'Leave it out, or say for this one question that it may go along.'),
  WORKER_CRASHED: ({ worker, reason }) =>
    text(`The ${workerName(worker)} stopped unexpectedly.`, `Its process ended: ${clause(reason)}. What had come is kept.`, worker === 'inference' ? restartModel : 'Try again; it starts by itself.'),
  MODEL_CARD_FAILED: ({ device, reason }) =>
    text(
      'The model stopped while it worked on the graphics card.',
      `It used ${device.toUpperCase()}, and ${clause(reason)}. What had come is kept, the card is looked at again, and the model starts by itself: without the card where that is gone or fails again.`,
      'Ask again; Models says what it runs on now.',
    ),
  MODEL_COMPUTE_FAILED: ({ reason }) => text('The model could not go on.', `The engine reports: ${clause(reason)}. What had come is kept.`, 'Ask again, or load the model again with a smaller context.'),
  WORKER_UNAVAILABLE: ({ worker, crashes }) =>
    text(`The ${workerName(worker)} is not available.`, `It stopped ${count(crashes)} times within five minutes, so it is not started again by itself.`, worker === 'inference' ? 'Load the model again or choose another.' : 'Try again later, and look into the log for the cause.'),
  CONVERSATION_NOT_FOUND: () => text('This conversation was not found.', 'It was deleted, perhaps in another window.', 'Choose another conversation or start a new one.'),
  CONVERSATION_BUSY: () => text('An answer is still being written.', 'A conversation takes one question at a time.', 'Wait for the answer or stop it.'),
  MESSAGE_NOT_FOUND: () => text('There is no question to answer again.', 'The conversation is empty, or the message was removed.', 'Ask a question first.'),
  TERMINAL_NOT_FOUND: () => text('This terminal has ended.', 'Its shell was closed, perhaps in another window.', 'Open a new terminal.'),
  TERMINAL_START_FAILED: ({ shell, reason }) => text('The terminal did not start.', `The shell ${shown(shell)} could not be run: ${clause(reason)}.`, 'Set another shell in the settings.'),
  SETTINGS_INVALID: ({ path, problems }) => text(`The settings were not changed.`, `${shown(path)}: ${problems.join(' ')}`, 'Correct the file or the value, then try again.'),
  SETTING_UNKNOWN: ({ key }) => text(`There is no setting “${key}”.`, 'The name is mistyped, or it belongs to another version.', 'Search the settings for its name.'),
  STORAGE_LOCKED: ({ path, reason }) => text('What Cortex keeps cannot be opened.', `The database ${shown(path)} stays shut: ${clause(reason)}. Nothing was deleted.`, 'Unlock the vault, on the page or with `cortex vault unlock`. Where it is not locked, put right what is named here, then start Cortex again.'),
  STORAGE_DAMAGED: ({ path }) => text('Your conversations and unsaved text cannot be read.', `The database ${shown(path)} is damaged. It is left as it is and nothing was deleted.`, 'Restore a backup or start anew in the privacy page; the damaged file stays on disk.'),
  STORAGE_FULL: ({ path }) => text('This was not kept.', `The disk with ${shown(path)} is full. What was kept before is safe.`, 'Free some space on the disk, then try again.'),
  KEYCHAIN_UNAVAILABLE: ({ reason }) => text('The keychain could not be used.', keychainReasons[reason], keychainActions[reason]),
  SECRET_NOT_FOUND: ({ name }) => text(`There is no secret ${shown(name)}.`, 'It was deleted, or its name is mistyped.', 'Look at the list of secrets for its name.'),
  SECRET_EXISTS: ({ name }) => text(`A secret ${shown(name)} exists already.`, 'Nothing is overwritten without your word.', 'Choose another name, or give that secret a new value.'),
  SECRET_NAME_INVALID: ({ reason }) => text('This cannot be the name of a secret.', `The reason: ${clause(reason)}.`, 'Choose another name. If you gave the value in its place, replace that secret where it was issued.'),
  SECRET_EMPTY: () => text('The secret was not kept.', 'Its value is empty.', 'Give the value and try again.'),
  SECRET_TOO_LARGE: ({ sizeBytes, limitBytes }) =>
    text('The secret was not kept.', `Its value holds ${bytes(sizeBytes)}; a secret may hold up to ${bytes(limitBytes)}.`, 'Keep large content in an encrypted file, and its key or passphrase here.'),
  SECRET_EXPIRED: ({ name, expiredAt }) => text(`The secret ${shown(name)} has expired.`, `Its end was ${expiredAt.slice(0, 10)}; after that it is handed to nobody.`, 'Rotate it with a new value, or set another end.'),
  SECRET_DAMAGED: ({ name }) => text(`The secret ${shown(name)} cannot be read.`, 'What is kept was changed, or was sealed with a key that this vault no longer has. Nothing was deleted.', 'Restore a backup, or rotate it with a new value.'),
  REDACTION_TOO_LARGE: ({ characters, limit }) => text('This text is too long to be checked for secrets.', `It has ${count(characters)} characters; up to ${count(limit)} are checked at once.`, 'Check a part of it.'),
  REDACTION_OWN_SECRET: () => text('This cannot be a false alarm.', 'It is the value of one of your secrets, and those are always masked.', 'Delete the secret if its value is none.'),
  VAULT_WRONG_PASSPHRASE: ({ retryMilliseconds }) => text('The vault stays locked.', 'This is not its passphrase.', retry(retryMilliseconds)),
  VAULT_WRONG_CODE: ({ retryMilliseconds }) => text('The vault stays locked.', 'This is not its recovery code; a code that was used once opens nothing any more.', retry(retryMilliseconds)),
  VAULT_RATE_LIMITED: ({ retryMilliseconds }) => text('This try was not heard.', 'Several before it were wrong, so that each one waits longer.', retry(retryMilliseconds)),
  VAULT_CODE_MISTYPED: () => text('This is no recovery code.', 'Its last group does not fit the others: a character is missing or mistyped.', 'Compare it with what you wrote down, then try again.'),
  VAULT_PASSPHRASE_WEAK: ({ leastCharacters }) => text('This passphrase is too short.', `It needs at least ${count(leastCharacters)} characters.`, 'Take four or five words that have nothing to do with each other.'),
  VAULT_SLOT_MISSING: ({ kind }) => text(`The vault has no ${slotNames[kind]}.`, 'None was set, or it was removed.', 'Use another way to open it; `cortex vault status` lists them.'),
  VAULT_LAST_SLOT: ({ kind }) => text(`The ${slotNames[kind]} was not removed.`, 'It is the only way to the key: without it nothing that is kept could ever be read again.', 'Set another one first.'),
  VAULT_NOTHING_TO_UNLOCK: () => text('The vault was not locked.', 'It has neither a passphrase nor a recovery code, so that you could not open it by hand.', 'Set a passphrase first.'),
  EXPORT_UNREADABLE: ({ path, reason }) => text(`${shown(path)} cannot be imported.`, `The reason: ${clause(reason)}. Nothing was changed.`, 'Check the passphrase, or take another copy of the file.'),
  EGRESS_REFUSED: ({ host, port, rule }) =>
    text(`The connection to ${shown(host)} was refused.`, `Cortex asked its own rules before anything was sent to port ${port}: ${clause(rule)}.`, 'To allow it, change the mode or grant the host on the privacy page, or with cortex egress.'),
  EGRESS_FAILED: ({ host, reason }) => text(`${shown(host)} could not be reached.`, `The connection was allowed, but ${clause(reason)}.`, 'Check the address and your network, then try again.'),
  EGRESS_TIMED_OUT: ({ host, seconds }) => text(`${shown(host)} did not answer in time.`, `It was given ${count(seconds)} seconds.`, 'Try again later.'),
  EGRESS_TOO_LARGE: ({ host, limitBytes }) => text(`${shown(host)} sent too much.`, `At most ${bytes(limitBytes)} were allowed for this; the rest was not read.`, 'Choose something smaller.'),
  EGRESS_ADDRESS_INVALID: ({ reason }) => text('This address is not used.', `The reason: ${clause(reason)}.`, 'Correct it, for example example.org or https://example.org/file.'),
  EGRESS_GRANT_REFUSED: ({ host, reason }) => text(`${shown(host)} was not granted.`, `The reason: ${clause(reason)}.`, 'Name the host and the port that are meant, for example localhost:11434.'),
  EGRESS_GRANT_NOT_FOUND: () => text('This grant is gone already.', 'It expired or was revoked, perhaps in another window.', 'Look at the list of grants; nothing has to be done.'),
  EGRESS_QUESTION_NOT_FOUND: () => text('This question waits no more.', 'It was answered in another window, or nobody answered in time and it was refused.', 'Start again what had asked.'),
  AUDIT_BROKEN: ({ findings }) => text('The audit log is not as it was written.', `The chain, its seals or its head file do not fit at ${findings === 1 ? 'one place' : `${count(findings)} places`}.`, 'Keep a copy of the profile as it is, and find out who could write to it.'),
  AUDIT_EXPORT_UNREADABLE: ({ path, reason }) => text(`${shown(path)} cannot be verified.`, `The file holds no chain to follow: ${clause(reason)}.`, 'Export the log as JSONL without a filter by kind, actor or outcome, and verify that.'),
  PORT_IN_USE: ({ port }) => text(`Port ${port} is taken.`, 'Another program listens there.', 'Choose another port, or leave it out and any free one is taken.'),
  SERVER_CLIENT_NOT_FOUND: () => text('This client is gone already.', 'It was revoked, perhaps in another window, or its name is mistyped.', 'See the clients with cortex server clients list.'),
  SERVER_CLIENT_EXISTS: ({ name }) => text(`A client ${shown(name)} exists already.`, 'Its token is known to some program, and is not replaced without your word.', 'Choose another name, or revoke that client first.'),
  SERVER_SCOPE_MISSING: ({ scope }) => text('This client may not ask for that.', `Its token does not have the scope “${scope}”.`, 'Make a client with that scope, with cortex server clients add.'),
  SERVER_MODEL_REFUSED: ({ id }) => text(`This client may not use the model ${shown(id)}.`, 'Its token names the models that it may use, and this is none of them.', 'Choose one that the list of models shows, or make a client that may use this one.'),
  SERVER_ROLE_EMPTY: ({ role }) => text(`No model has the role “${role}”, so “default” stands for none here.`, 'A model has that role only after it was given to it.', `Give it to one with cortex models role ${role} MODEL or on the Models page, or name a model in the request.`),
  SERVER_RATE_LIMITED: ({ limit, of, retryMilliseconds }) => text('This client asks too much at once.', `Its token allows ${count(limit)} ${of} a minute.`, retry(retryMilliseconds)),
  SERVER_QUEUE_FULL: ({ waiting, retryMilliseconds }) => text('Too many calls wait for the model.', `There are ${count(waiting)} of them, and no more are kept waiting.`, retry(retryMilliseconds)),
  SERVER_OFF: () => text('The model server of Cortex is off.', 'It answers other programs only after it was turned on.', 'Turn it on with cortex server on.'),
  SELF_TEST_BUSY: () => text('The self-test did not start.', 'One is running already.', 'Wait for its result.'),
  SELF_TEST_MISSING: () => text('There is no report.', 'No self-test was run in this profile yet.', 'Run the self-test first.'),
  HOST_UNREACHABLE: ({ reason }) => text('The running Cortex does not answer.', `The connection failed: ${clause(reason)}.`, 'Start Cortex again; nothing that was kept is lost.'),
}

function workerName(worker: string): string {
  return worker === 'inference' ? "model's process" : worker === 'pty' ? 'terminal service' : `${worker} service`
}

const unknownError = text('Something went wrong.', 'Cortex did not foresee this; the log holds the details.', 'Try again, and look into the log if it happens once more.')

/** What happened, why, and what to do next. The data may come from outside: it is checked. */
export function errorText(code: ErrorCode, data: unknown): ErrorText {
  const checked = errorCatalog[code].safeParse(data)
  // The data has just been checked against the schema of this very code.
  return checked.success ? (catalog[code] as (data: unknown) => ErrorText)(checked.data) : unknownError
}

/** The same for any error, foreseen or not. */
export function errorTextOf(error: unknown): ErrorText {
  if (typeof error !== 'object' || error === null || !('code' in error) || !isErrorCode(error.code)) return unknownError
  return errorText(error.code, 'data' in error ? error.data : undefined)
}
