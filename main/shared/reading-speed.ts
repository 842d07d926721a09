/** The time that fewer tokens of a prompt take is that of a step, and tells nothing of how fast they are read. */
export const leastTokensRead = 8
