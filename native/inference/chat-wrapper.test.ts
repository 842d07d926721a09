import { resolveChatWrapper, type ChatWrapper } from 'node-llama-cpp'
import { expect, it } from 'vitest'
import { narrowed } from './chat-wrapper.ts'

const templates = {
  chatML: "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
  'chatML with a system text of its own': "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
  gemma: "{{ bos_token }}{% for message in messages %}{{ '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\n' + message.content + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}",
  llama3: "{% for message in messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
  'no known one': "{% for message in messages %}{{ '@' + message['role'] + ' ' + message['content'] + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '@assistant ' }}{% endif %}",
}

const history = [
  { type: 'system' as const, text: 'Be brief.' },
  { type: 'user' as const, text: 'a <b> "c"' },
  { type: 'model' as const, response: ['d'] },
  { type: 'user' as const, text: 'e' },
  { type: 'model' as const, response: [''] },
]

const shown = (wrapper: ChatWrapper | null) => wrapper && { name: wrapper.wrapperName, settings: JSON.stringify(wrapper.settings), prompt: JSON.stringify(wrapper.generateContextState({ chatHistory: history }).contextText) }

it.each(Object.entries(templates))('finds for %s what a search among all finds', (_name, template) => {
  const search = () => resolveChatWrapper({ bosString: '<s>', warningLogs: false, fallbackToOtherWrappersOnJinjaError: false, customWrapperSettings: { jinjaTemplate: { template } } })
  const found = shown(narrowed(template, search))
  expect(found).not.toBeNull()
  expect(found).toEqual(shown(search()))
}, 60_000)

it('leaves the library as it was, also when the search fails', () => {
  const before = shown(resolveChatWrapper({ warningLogs: false, customWrapperSettings: { jinjaTemplate: { template: templates.chatML } } }))
  expect(() => narrowed('', () => { throw new Error('late') })).toThrow('late')
  expect(shown(resolveChatWrapper({ warningLogs: false, customWrapperSettings: { jinjaTemplate: { template: templates.chatML } } }))).toEqual(before)
}, 60_000)
