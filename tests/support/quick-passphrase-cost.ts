/** The least that a vault takes: where passphrases are set and tried again and again, and their strength is not what is tested. */
export const quickPassphraseCost = 2 ** 15
