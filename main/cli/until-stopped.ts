const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves at the first signal to end, or when the process that started this one over a channel has gone. */
export async function untilStopped(): Promise<void> {
  await new Promise<void>(resolve => {
    const end = (): void => {
      resolve()
    }
    for (const signal of signals) process.on(signal, end)
    if (process.connected) {
      process.on('disconnect', end)
      // Listening keeps the channel; it must not keep the process.
      process.channel?.unref()
    }
  })
}
