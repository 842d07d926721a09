import { Command, InvalidArgumentError, Option } from 'commander'

export interface ServeOptions {
  /** As it was typed; null shows the welcome page. */
  folder: string | null
  port: number
  /** Opens the page in the person's browser once it is there. */
  isBrowserOpened: boolean
  /** One line of JSON on stdout, nothing else. */
  isJson: boolean
  /** Absolute or relative path of a GGUF file that takes the place of the setting. */
  model: string | null
  /** Descriptor that the vault's passphrase is read from. */
  passphraseDescriptor: number | null
  /** False: workers are not confined, so that a person sees what would be open. */
  isEnforced: boolean
  /** Without the model and the last layout. */
  isSafeMode: boolean
}

/** Adds the folder and options of a start to a command. */
export function addServeOptions(command: Command): Command {
  return command
    .argument('[folder]', 'folder to open; without it the welcome page')
    .addOption(new Option('--port <number>', 'port on 127.0.0.1; 0 takes any free one').argParser(readPort).default(0, 'any free one'))
    .option('--no-open', 'do not open the browser')
    .option('--json', 'print one line of JSON with url, token and pid when ready')
    .option('--browser', 'use the browser even where the desktop window could be used')
    .option('--no-enforcement', 'do not confine processes: only to see what the self-test finds then')
    .option('--model <file>', 'GGUF file to load instead of the one in the settings')
    .addOption(passphraseOption())
    .option('--safe-mode', 'start without loading a model and without the last layout')
}

export function readServeOptions(folder: string | undefined, options: Record<string, unknown>): ServeOptions {
  const isJson = options['json'] === true
  return {
    folder: folder ?? null,
    port: typeof options['port'] === 'number' ? options['port'] : 0,
    isBrowserOpened: options['open'] !== false && !isJson,
    isJson,
    isEnforced: options['enforcement'] !== false,
    model: typeof options['model'] === 'string' ? options['model'] : null,
    passphraseDescriptor: typeof options['passphraseFd'] === 'number' ? options['passphraseFd'] : null,
    isSafeMode: options['safeMode'] === true,
  }
}

/** The passphrase itself is never an argument: those stand in the list of processes. */
export function passphraseOption(): Option {
  return new Option('--passphrase-fd <number>', "open file descriptor that holds the vault's passphrase").argParser(text => {
    const descriptor = Number(text)
    if (!/^\d+$/.test(text) || descriptor > 1_000_000) throw new InvalidArgumentError('A descriptor is a whole number, such as 3.')
    return descriptor
  })
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a whole number from 0 to 65535.')
  return port
}
