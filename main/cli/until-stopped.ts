const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `stopped` resolves at the first signal to end, or when the process that started this one over a channel has gone. Until `dispose`, no further signal ends the process by itself. */
export function untilStopped(): { stopped: Promise<void>; dispose: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const end = (): void => {
    resolve(undefined)
  }
  for (const signal of signals) process.on(signal, end)
  process.on('disconnect', end)
  // Listening keeps the channel open; it must not keep the process.
  process.channel?.unref()
  return {
    stopped: promise,
    dispose: () => {
      for (const signal of signals) process.off(signal, end)
      process.off('disconnect', end)
      process.channel?.ref()
    },
  }
}
