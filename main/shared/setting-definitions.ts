import { z } from 'zod'

interface Words {
  title: string
  /** One or two sentences: what it does, units, what the default means. */
  description: string
  category: 'Appearance' | 'Editor' | 'Completion' | 'Chat' | 'Model' | 'Server' | 'Terminal' | 'Files' | 'Privacy'
}

interface Definition<T> extends Words {
  schema: z.ZodType<T>
  default: T
  /** How the form draws it. */
  control: { kind: 'switch' } | { kind: 'number'; min: number; max: number; step: number; unit?: string } | { kind: 'text' } | { kind: 'choice'; options: readonly { value: string; label: string }[] }
  /** User settings only: a folder's own file cannot set it. */
  isUserOnly?: boolean
}

function onOff(words: Words, standard: boolean): Definition<boolean> {
  return { ...words, schema: z.boolean(), default: standard, control: { kind: 'switch' } }
}

function number(words: Words, standard: number, range: { min: number; max: number; step?: number; unit?: string }): Definition<number> {
  const { min, max, step = 1, unit } = range
  const schema = step % 1 === 0 ? z.number().int().min(min).max(max) : z.number().min(min).max(max)
  return { ...words, schema, default: standard, control: { kind: 'number', min, max, step, ...(unit ? { unit } : {}) } }
}

function choice<const V extends string>(words: Words, standard: NoInfer<V>, options: readonly { value: V; label: string }[]) {
  // `map` loses that the list is not empty.
  const schema = z.enum(options.map(option => option.value) as [V, ...V[]])
  return { ...words, schema, default: standard, control: { kind: 'choice' as const, options } }
}

function text(words: Words, standard: string): Definition<string> {
  return { ...words, schema: z.string().max(4096), default: standard, control: { kind: 'text' } }
}

const keepOptions = [
  { value: 'forever', label: 'For ever' },
  { value: '365', label: 'One year' },
  { value: '90', label: '90 days' },
  { value: '30', label: '30 days' },
  { value: '7', label: '7 days' },
] as const

/** Every setting: the form, the file's validation and the types all come from here. */
export const settingDefinitions = {
  'appearance.theme': choice({ category: 'Appearance', title: 'Theme', description: 'Colours of the whole window. System follows the operating system.' }, 'system', [
    { value: 'system', label: 'System' },
    { value: 'dark', label: 'Dark' },
    { value: 'light', label: 'Light' },
    { value: 'high-contrast', label: 'High contrast' },
  ]),
  'appearance.compact': onOff({ category: 'Appearance', title: 'Compact rows', description: 'Rows of lists and trees are 24 px high instead of 28 px.' }, true),
  'editor.fontSize': number({ category: 'Editor', title: 'Font size', description: 'Size of text in the editor.' }, 13, { min: 8, max: 32, unit: 'px' }),
  'editor.tabSize': number({ category: 'Editor', title: 'Tab size', description: 'Columns of a tab, unless the file itself shows another.' }, 2, { min: 1, max: 8, unit: 'columns' }),
  'editor.wordWrap': choice({ category: 'Editor', title: 'Word wrap', description: 'Whether long lines wrap at the edge of the editor.' }, 'off', [
    { value: 'off', label: 'Off' },
    { value: 'on', label: 'On' },
  ]),
  'editor.minimap': onOff({ category: 'Editor', title: 'Minimap', description: 'A small picture of the file at the right of the editor.' }, false),
  'editor.lineNumbers': onOff({ category: 'Editor', title: 'Line numbers', description: 'Numbers at the left of each line.' }, true),
  'completion.enabled': onOff({ category: 'Completion', title: 'Completion', description: 'Suggests text at the cursor from the local model as you type.' }, true),
  'completion.debounce': number({ category: 'Completion', title: 'Delay', description: 'Rest after the last key before the model is asked.' }, 40, { min: 0, max: 1000, unit: 'ms' }),
  'completion.maxTokens': number({ category: 'Completion', title: 'Longest suggestion', description: 'A suggestion stops after this many tokens at the latest.' }, 96, { min: 8, max: 512, unit: 'tokens' }),
  'chat.temperature': number({ category: 'Chat', title: 'Temperature', description: '0 always takes the likeliest word; higher values vary more.' }, 0.2, { min: 0, max: 2, step: 0.1 }),
  'chat.answerReserve': number({ category: 'Chat', title: 'Room for the answer', description: 'Share of the context kept free for the answer.' }, 0.33, { min: 0.1, max: 0.8, step: 0.01 }),
  'chat.includeOpenFile': onOff({ category: 'Chat', title: 'Attach the open file', description: 'A new question carries the lines round the cursor that fit.' }, true),
  'model.path': { ...text({ category: 'Model', title: 'Model file', description: 'Absolute path of a GGUF file to load at start. Empty loads the starter model that ships with Cortex.' }, ''), isUserOnly: true },
  'model.contextTokens': number({ category: 'Model', title: 'Context size', description: '0 takes what the model was trained for, at most 8,192 tokens, as far as memory allows.' }, 0, { min: 0, max: 1_048_576, unit: 'tokens' }),
  'model.sequences': number({ category: 'Model', title: 'Answers at a time', description: 'How many answers a model writes at the same time; each has the whole context, and its cache takes memory of its own.' }, 1, { min: 1, max: 16 }),
  'model.memoryBudget': { ...number({ category: 'Model', title: 'Memory for models', description: 'Share of main memory that all loaded models together may take. A model that would take more is refused, with a plan that fits.' }, 75, { min: 5, max: 95, unit: '%' }), isUserOnly: true },
  'model.idleMinutes': { ...number({ category: 'Model', title: 'Let go when idle', description: 'A model that nobody has asked for this long is freed and loaded again when it is asked; pinned models stay. 0 keeps them all.' }, 60, { min: 0, max: 10_080, unit: 'minutes' }), isUserOnly: true },
  'model.promptStates': { ...number({ category: 'Model', title: 'Kept prompt states', description: 'Room on the disk for what models have read of long conversations, encrypted, so that they go on quickly after a restart. The oldest go first; 0 keeps none.' }, 1000, { min: 0, max: 100_000, unit: 'MB' }), isUserOnly: true },
  'model.warmUp': onOff({ category: 'Model', title: 'Warm up', description: 'Reads the beginning of every conversation into memory once a model is loaded and nobody asks it anything, so that the first answer begins sooner.' }, true),
  'model.threads': number({ category: 'Model', title: 'Threads', description: '0 measures which count is fastest on this machine when a model is first loaded.' }, 0, { min: 0, max: 256 }),
  'model.device': choice({ category: 'Model', title: 'Device', description: 'Automatic uses the graphics card where llama.cpp can, else the processor.' }, 'auto', [
    { value: 'auto', label: 'Automatic' },
    { value: 'cpu', label: 'Processor only' },
  ]),
  'model.loadAtStart': onOff({ category: 'Model', title: 'Load at start', description: 'Loads the model when Cortex starts instead of at the first question.' }, true),
  'models.folder': { ...text({ category: 'Model', title: 'Folder of models', description: 'Absolute path of the folder that downloads, uploads and unpacked models go to. Empty takes the one beside the profile.' }, ''), isUserOnly: true },
  'models.registry': { ...text({ category: 'Model', title: 'Registry', description: 'Address that models are downloaded from: Hugging Face, or a registry of your own that answers in the same way.' }, 'https://huggingface.co'), isUserOnly: true },
  'models.registrySecret': { ...text({ category: 'Model', title: 'Token for the registry', description: 'Name of a secret that is sent to the registry as its bearer token, over TLS or to this machine only. Empty sends none.' }, ''), isUserOnly: true },
  'models.mirrors': { ...text({ category: 'Model', title: 'Mirrors', description: 'Addresses to try when the registry cannot deliver, in order, apart by spaces. They get no token, and what they send is held to the same hash.' }, ''), isUserOnly: true },
  'downloads.parallel': { ...number({ category: 'Model', title: 'Downloads at once', description: 'Models that are downloaded at the same time; the others wait.' }, 2, { min: 1, max: 8 }), isUserOnly: true },
  'downloads.connections': { ...number({ category: 'Model', title: 'Connections of a download', description: 'Parts of one file that are got at the same time.' }, 4, { min: 1, max: 16 }), isUserOnly: true },
  'server.enabled': { ...onOff({ category: 'Server', title: 'Model server', description: 'Answers other programs of this machine that bring the token of a client, through the interfaces of OpenAI, Anthropic and Ollama.' }, false), isUserOnly: true },
  'server.port': { ...number({ category: 'Server', title: 'Port', description: 'Port of 127.0.0.1 for the page and the model server, from the next start on. 0 takes any free one.' }, 0, { min: 0, max: 65_535 }), isUserOnly: true },
  'server.parallel': { ...number({ category: 'Server', title: 'Calls at once', description: 'Calls of other programs that one model answers at the same time; the others wait.' }, 4, { min: 1, max: 64 }), isUserOnly: true },
  'server.queue': { ...number({ category: 'Server', title: 'Calls that wait', description: 'Beyond this many, callers are told to try again later.' }, 256, { min: 0, max: 10_000 }), isUserOnly: true },
  'terminal.fontSize': number({ category: 'Terminal', title: 'Font size', description: 'Size of text in the terminal.' }, 13, { min: 8, max: 32, unit: 'px' }),
  'terminal.scrollback': number({ category: 'Terminal', title: 'Scrollback', description: 'Lines kept above the screen.' }, 5000, { min: 100, max: 100_000, unit: 'lines' }),
  'terminal.shell': { ...text({ category: 'Terminal', title: 'Shell', description: 'Absolute path of the shell. Empty takes your login shell.' }, ''), isUserOnly: true },
  'audit.keepDays': { ...number({ category: 'Privacy', title: 'Keep the audit log', description: 'Older entries are deleted behind a sealed checkpoint; the newest 1,000 always stay.' }, 365, { min: 30, max: 3650, unit: 'days' }), isUserOnly: true },
  'audit.keepEntries': { ...number({ category: 'Privacy', title: 'Longest audit log', description: 'Beyond this many, the oldest entries are deleted behind a sealed checkpoint.' }, 1_000_000, { min: 10_000, max: 10_000_000, unit: 'entries' }), isUserOnly: true },
  'files.trimTrailingWhitespace': onOff({ category: 'Files', title: 'Trim trailing spaces', description: 'Removes spaces at the ends of lines when a file is saved.' }, false),
  'files.insertFinalNewline': onOff({ category: 'Files', title: 'Final newline', description: 'Ends a file with a newline when it is saved.' }, false),
  'privacy.keepConversations': { ...choice({ category: 'Privacy', title: 'Keep conversations', description: 'Conversations that nothing was added to for this long are deleted for good.' }, 'forever', keepOptions), isUserOnly: true },
  'privacy.keepLedger': { ...choice({ category: 'Privacy', title: 'Keep the ledger', description: 'Lines of the ledger that are older are deleted.' }, '90', keepOptions), isUserOnly: true },
  'privacy.keepLogs': { ...choice({ category: 'Privacy', title: 'Keep logs', description: 'Log files that were last written before are deleted. Logs hold no content.' }, '90', keepOptions), isUserOnly: true },
} as const satisfies Record<string, Definition<string> | Definition<number> | Definition<boolean>>

/** What a folder may set before it is trusted: how things look and how text is saved. Whatever is added later waits for trust. */
const harmlessCategories: readonly string[] = ['Appearance', 'Editor', 'Terminal', 'Files'] satisfies Words['category'][]

export type SettingKey = keyof typeof settingDefinitions
export type SettingValue<K extends SettingKey> = z.infer<(typeof settingDefinitions)[K]['schema']>
export type Settings = { [K in SettingKey]: SettingValue<K> }

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingDefinitions, key)
}

export function mayRestrictedFolderSet(key: string): boolean {
  return isSettingKey(key) && harmlessCategories.includes(settingDefinitions[key].category)
}
