import { createHighlighterCore, type HighlighterCore, type LanguageInput } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import { codeTheme } from './code-theme.ts'
import { languageId } from './language-names.ts'

/** Grammars by name; each is fetched when it is first met. */
const grammars: Record<string, LanguageInput> = {
  bash: () => import('shiki/langs/bash.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  ini: () => import('shiki/langs/ini.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  jsx: () => import('shiki/langs/jsx.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  lua: () => import('shiki/langs/lua.mjs'),
  make: () => import('shiki/langs/make.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
  php: () => import('shiki/langs/php.mjs'),
  powershell: () => import('shiki/langs/powershell.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  ruby: () => import('shiki/langs/ruby.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  typescript: () => import('shiki/langs/typescript.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
}

let core: Promise<HighlighterCore> | null = null
const loaded = new Map<string, Promise<void>>()

export interface CodeToken {
  text: string
  /** A CSS value such as `var(--code-keyword)`. */
  colour: string | undefined
}

/** Lines of coloured pieces; null for a language without a grammar. The JavaScript engine needs neither WASM nor eval. */
export async function highlight(code: string, language: string): Promise<CodeToken[][] | null> {
  const name = languageId(language)
  const grammar = Object.hasOwn(grammars, name) ? grammars[name] : undefined
  if (!grammar) return null
  core ??= createHighlighterCore({ themes: [codeTheme], langs: [], engine: createJavaScriptRegexEngine({ forgiving: true }) })
  const highlighter = await core
  let loading = loaded.get(name)
  if (!loading) {
    loading = highlighter.loadLanguage(grammar)
    loaded.set(name, loading)
  }
  await loading
  const lines = highlighter.codeToTokensBase(code, { lang: name, theme: 'cortex', tokenizeMaxLineLength: 2000, tokenizeTimeLimit: 100 })
  return lines.map(line => line.map(token => ({ text: token.content, colour: token.color })))
}
