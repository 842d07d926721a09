/** Who uses a secret and what for, as the audit log tells it. */
export interface SecretPurpose {
  /** The feature or part of the platform: `network`, `models`. */
  actor: string
  /** In a few words a person understands: "header authorization for api.example". Never content. */
  why: string
}

/** Secrets by reference: whoever needs one names it here, in main, and never keeps its value. */
export interface Secrets {
  /**
   * Hands the value to `work` and fills it with zeros afterwards; `work` must not keep it. The use stands in the audit log before the value is read.
   * Throws SECRET_NOT_FOUND, SECRET_EXPIRED, SECRET_DAMAGED, STORAGE_LOCKED, and what `work` throws, without the value.
   */
  use<T>(name: string, purpose: SecretPurpose, work: (value: Buffer) => T | Promise<T>): Promise<T>
}
