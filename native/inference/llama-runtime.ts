import { setTimeout as sleep } from 'node:timers/promises'
import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp'

const keptComplaints = 20
/** llama.cpp's words come from its own threads a moment after the call has failed. */
const complaintMilliseconds = 300

/** llama.cpp itself, started once for a device and kept over models. */
export class LlamaRuntime {
  #started: { device: 'auto' | 'cpu'; llama: Llama } | null = null
  #complaints: string[] = []

  /** The graphics card where it works, else the processor. */
  async start(device: 'auto' | 'cpu'): Promise<Llama> {
    this.#complaints = []
    if (this.#started?.device === device) return this.#started.llama
    await this.dispose()
    const llama = device === 'cpu' ? await this.#open(false) : await this.#open('auto').catch(() => this.#open(false))
    this.#started = { device, llama }
    return llama
  }

  /** The last thing that llama.cpp complained of since `start`. */
  async complaint(): Promise<string | null> {
    for (let waited = 0; waited < complaintMilliseconds; waited += 10) {
      await sleep(10)
      const complaint = this.#complaints.map(line => line.trim()).findLast(line => line !== '' && !line.endsWith('failed to load model'))
      if (complaint !== undefined) return complaint
    }
    return null
  }

  async dispose(): Promise<void> {
    const started = this.#started
    this.#started = null
    await started?.llama.dispose()
  }

  #open(gpu: 'auto' | false): Promise<Llama> {
    return getLlama({
      gpu,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
      logger: (_level, message) => {
        this.#complaints = [...this.#complaints, message].slice(-keptComplaints)
      },
      // Otherwise a splitter between contexts decides how many of the threads are used.
      maxThreads: 0,
    })
  }
}
