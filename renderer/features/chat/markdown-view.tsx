import { Square, SquareCheck } from 'lucide-react'
import { isValidElement, memo, type ReactNode } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { runCommand } from '../../shell/commands.ts'
import { Icon } from '../../ui/icon.tsx'
import { webLink } from '../../ui/web-link.ts'
import { CodeBlock } from './code-block.tsx'
import { markdownBlocks } from './markdown-blocks.ts'
import './chat.css'
import './markdown.css'

/** One paragraph longer than this is shown as it is: no parser is worth a page that stands still. */
const BLOCK_LIMIT = 60_000

/**
 * An answer. Nothing in it can load or run: raw HTML stays text, an image is its description and address, and a link is a button,
 * because the browser looks up the hosts of anchors ahead of a click.
 */
export const MarkdownView = memo(function MarkdownView({ text }: { text: string }) {
  return (
    <div className="markdown min-w-0">
      {markdownBlocks(text).map((block, index) => (
        <Block key={index} text={block} />
      ))}
    </div>
  )
})

const Block = memo(function Block({ text }: { text: string }) {
  if (text.length > BLOCK_LIMIT) return <p className="whitespace-pre-wrap">{text}</p>
  return (
    <Markdown remarkPlugins={plugins} components={components} urlTransform={keepUrl}>
      {text}
    </Markdown>
  )
})

const plugins = [remarkGfm]

// Addresses reach the components below as they were written; only `webLink` decides what becomes a link.
function keepUrl(url: string): string {
  return url
}

const components: Components = {
  a: ({ href, children }) => <LinkText address={href ?? ''}>{children}</LinkText>,
  img: ({ src, alt }) => (
    <span className="text-muted">
      [Image not loaded{alt ? `: ${alt}` : ''}
      {typeof src === 'string' && src !== '' ? ` (${src})` : ''}]
    </span>
  ),
  pre: ({ children }) => {
    const { code, language } = codeOf(children)
    return <CodeBlock code={code} language={language} />
  },
  table: ({ children }) => (
    <div className="my-3 overflow-x-auto" tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
  input: ({ checked }) => (
    <>
      <Icon icon={checked ? SquareCheck : Square} size={14} className="mr-1 inline align-[-2px] text-muted" />
      <span className="sr-only">{checked ? 'Done: ' : 'Open: '}</span>
    </>
  ),
}

function LinkText({ address, children }: { address: string; children: ReactNode }) {
  const link = webLink(address)
  const text = plainText(children)
  if (link === null) return <span>{children}{address !== '' && address !== text && <span className="text-muted"> ({address})</span>}</span>
  const isShown = text === address || text === link || `${text}/` === link
  return (
    <button type="button" role="link" className="chat-link" title={link} onClick={() => void runCommand('links.open', link)}>
      {isShown ? link : <>{children} <span className="text-muted">({link})</span></>}
    </button>
  )
}

function codeOf(node: ReactNode): { code: string; language: string } {
  if (!isValidElement<{ className?: string; children?: ReactNode }>(node)) return { code: plainText(node), language: '' }
  const language = /language-(\S+)/.exec(node.props.className ?? '')?.[1] ?? ''
  return { code: plainText(node.props.children).replace(/\n$/, ''), language: language.toLowerCase() }
}

function plainText(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node)
  if (Array.isArray(node)) return node.map(plainText).join('')
  if (isValidElement<{ children?: ReactNode }>(node)) return plainText(node.props.children)
  return ''
}
