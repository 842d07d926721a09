/** N of scrypt for whatever a passphrase wraps, with r = 8 and p = 1: 128 MiB and some tenths of a second for each guess. */
export const passphraseCost = 2 ** 17
