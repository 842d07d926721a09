import type { Feature } from '../shell/feature.ts'

/** Every feature of the window, in the order of the rail. */
export const features: readonly Feature[] = []
