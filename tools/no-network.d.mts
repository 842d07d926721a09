/** The words before a command that take every network but loopback away from it; or why this machine cannot. */
export function withoutNetwork(): { prefix: string[]; reason?: undefined } | { prefix?: undefined; reason: string }
