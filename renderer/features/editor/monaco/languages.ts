import 'monaco-editor/languages/definitions/register.all'
import { languages } from 'monaco-editor/editor'
import { language as script } from 'monaco-editor/languages/definitions/typescript/typescript'

/** A name that is called, and a name that is declared as a function, are coloured as functions; Monaco's grammar knows only identifiers. */
function colourFunctions(): void {
  const keyword = { cases: { '@keywords': 'keyword', '@default': 'identifier.function' } }
  script.tokenizer['common']?.unshift([/#?[a-z_$][\w$]*(?=(?:<[\w\s,[\]]*>)?\()/, keyword])
}

/** Monaco's own JSON needs a language service in a worker; this grammar is all that colours need. */
function registerJson(): void {
  languages.register({
    id: 'json',
    extensions: ['.json', '.jsonc', '.json5', '.webmanifest', '.map', '.geojson', '.code-workspace', '.tsbuildinfo'],
    filenames: ['.babelrc', '.eslintrc', '.prettierrc', '.swcrc', '.oxlintrc', 'composer.lock'],
    aliases: ['JSON', 'json'],
  })
  languages.setLanguageConfiguration('json', {
    comments: { lineComment: '//', blockComment: ['/*', '*/'] },
    brackets: [['{', '}'], ['[', ']']],
    autoClosingPairs: [{ open: '{', close: '}' }, { open: '[', close: ']' }, { open: '"', close: '"', notIn: ['string'] }],
    onEnterRules: [],
  })
  languages.setMonarchTokensProvider('json', {
    tokenPostfix: '.json',
    tokenizer: {
      root: [
        [/"(?:[^"\\]|\\.)*"(?=\s*:)/, 'type'],
        [/"(?:[^"\\]|\\.)*"/, 'string'],
        [/"(?:[^"\\]|\\.)*$/, 'string'],
        [/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, 'number'],
        [/\b(?:true|false|null)\b/, 'keyword'],
        [/\/\/.*$/, 'comment'],
        [/\/\*/, 'comment', '@comment'],
        [/[{}[\]]/, '@brackets'],
        [/[,:]/, 'delimiter'],
      ],
      comment: [[/[^*]+/, 'comment'], [/\*\//, 'comment', '@pop'], [/\*/, 'comment']],
    },
  })
}

export function registerLanguages(): void {
  colourFunctions()
  registerJson()
}
