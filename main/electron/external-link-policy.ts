export type LinkVerdict = { isAllowed: true; url: string } | { isAllowed: false; reason: string }

const longest = 2048
const mailFields: ReadonlySet<string> = new Set(['subject', 'body', 'cc', 'bcc'])
// Spaces, controls, bidi marks and other invisible characters have no place in an address a person is to judge.
const invisible = /[\s\p{C}\p{Z}\\]/u

/**
 * Whether a link may be handed to the operating system once the person has seen `url` whole and agreed.
 * Only `https:` with a host and without a password, and `mailto:` without fields that could attach files.
 */
export function judgeLink(address: unknown): LinkVerdict {
  if (typeof address !== 'string' || address.length > longest) return refuse('not an address')
  if (invisible.test(address)) return refuse('an invisible character')
  if (!address.startsWith('https://') && !address.startsWith('mailto:')) return refuse('another scheme')
  if (!URL.canParse(address)) return refuse('not an address')
  const url = new URL(address)
  return url.protocol === 'https:' ? judgeWeb(url, address) : judgeMail(url)
}

function judgeWeb(url: URL, address: string): LinkVerdict {
  if (url.hostname === '' || address.startsWith('https:///')) return refuse('no host')
  if (url.username !== '' || url.password !== '') return refuse('a user name before the host')
  return { isAllowed: true, url: url.href }
}

function judgeMail(url: URL): LinkVerdict {
  const fields = [...url.searchParams.keys()]
  if (!fields.every(field => mailFields.has(field.toLowerCase()))) return refuse('a field that is not text')
  if (/%0[ad]/i.test(url.pathname) || !/^[^@/]+@[^@/]+$/.test(url.pathname)) return refuse('not one mail address')
  return { isAllowed: true, url: url.href }
}

function refuse(reason: string): LinkVerdict {
  return { isAllowed: false, reason }
}
