import { createHash } from 'node:crypto'

/**
 * Secrets that have the right form and open nothing, made when a test runs, so that no file of the repository looks as if it held one.
 * The same name gives the same text.
 */
function letters(name: string, length: number, alphabet: string): string {
  let text = ''
  for (let block = 0; text.length < length; block++) {
    for (const byte of createHash('sha512').update(`${name} ${block}`).digest()) text += alphabet[byte % alphabet.length] ?? ''
  }
  return text.slice(0, length)
}

/** A prefix that scanners know, in two parts. */
function joined(one: string, other: string): string {
  return one + other
}

/** In the form of GitHub's tokens. */
export function githubToken(four: string): string {
  return joined('gh', 'p_') + four.repeat(9)
}

const digits = '0123456789'
const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const small = capitals.toLowerCase()
const mixed = capitals + small + digits

export interface MadeUp {
  kind: string
  value: string
  /** As it stands in a file or a log. */
  text: string
}

/** One of each form that must be found. */
export function madeUpSecrets(seed = 'a'): MadeUp[] {
  const of = (name: string, length: number, alphabet = mixed): string => letters(`${seed} ${name}`, length, alphabet)
  const made: [kind: string, value: string, text?: (value: string) => string][] = [
    ['aws-access-key', `${joined('AK', 'IA')}${of('aws', 16, capitals + digits)}`],
    ['aws-secret-access-key', of('aws secret', 40), value => `aws_secret_access_key = ${value}`],
    ['github-token', `${joined('gh', 'p_')}${of('github', 36)}`],
    ['github-token', `${joined('github', '_pat_')}${of('fine', 82)}`],
    ['gitlab-token', `${joined('gl', 'pat-')}${of('gitlab', 20)}`],
    ['npm-access-token', `${joined('np', 'm_')}${of('npm', 36)}`],
    ['slack-token', `${joined('xo', 'xb-')}${of('slack', 11, digits)}-${of('slack 2', 24)}`],
    ['anthropic-key', `${joined('sk-', 'ant-')}api03-${of('anthropic', 93)}AA`],
    ['openai-key', `sk-${of('openai', 20)}T3${joined('Blbk', 'FJ')}${of('openai 2', 20)}`],
    ['groq-key', `${joined('gs', 'k_')}${of('groq', 52)}`],
    ['hugging-face-token', `${joined('h', 'f_')}${of('hf', 34, small + capitals)}`],
    ['shopify-key', `${joined('shp', 'at_')}${of('shopify', 32)}`],
    ['private-key', pem(of('pem', 800))],
    ['password-in-url', of('url', 18), value => `https://deploy:${value}@git.corp.io/repo`],
    ['database-password', of('db', 18), value => `postgres://app:${value}@db.corp.io/main`],
    ['assigned-secret', `${of('password', 8)}7!x`, value => `password = "${value}"`],
    ['assigned-secret', of('env', 14) + '4', value => `DB_PASSWORD=${value}\n`],
    ['hex-key', of('hex', 64, '0123456789abcdef'), value => `encryption_key: ${value}`],
    ['random-token', of('token', 40), value => `Authorization: Bearer ${value}`],
    ['email', `${of('mail', 8, small)}@${of('host', 8, small)}.io`],
    ['card-number', card(of('card', 14, digits))],
    ['iban', iban(of('iban', 18, digits))],
    ['phone', `+49 170 ${of('phone', 7, digits)}`],
  ]
  return made.map(([kind, value, text]) => ({ kind, value, text: text ? text(value) : value }))
}

function pem(body: string): string {
  const label = ['PRIVATE', 'KEY'].join(' ')
  return `-----BEGIN ${label}-----\n${(`MII${body}`.match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----`
}

/** A Visa number with its check digit. */
export function card(fourteen: string): string {
  const body = `4${fourteen}`
  const sum = [...body].reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}

/** A German IBAN with its check digits. */
export function iban(eighteen: string): string {
  const check = 98n - (BigInt(`${eighteen}131400`) % 97n)
  return `DE${String(check).padStart(2, '0')}${eighteen}`
}
