const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves at the first signal to end, or when the process that started this one over a channel has gone. */
export async function untilStopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const end = (): void => {
    resolve(undefined)
  }
  for (const signal of signals) process.on(signal, end)
  process.on('disconnect', end)
  // Listening keeps the channel open; it must not keep the process.
  process.channel?.unref()
  await promise
}
