/** Architectures that the bundled llama.cpp (node-llama-cpp 3.22.1) knows and that write text token after token. */
const generating = `
  llama llama4 deci falcon grok gpt2 gptj gptneox mpt baichuan starcoder refact bloom stablelm qwen qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3next qwen3vl qwen3vlmoe
  qwen35 qwen35moe qwen4exp phi2 phi3 phimoe plamo plamo2 plamo3 codeshell orion internlm2 minicpm minicpm3 gemma gemma2 gemma3 gemma3n gemma4 starcoder2 mamba mamba2
  maple jamba falcon-h1 xverse command-r cohere2 cohere2moe dbrx olmo olmo2 olmoe muse-glimmer openelm arctic deepseek deepseek2 deepseek2-ocr deepseek32 deepseek4
  chatglm glm4 glm4moe glm-dsa bitnet jais jais2 nemotron nemotron_h nemotron_h_moe exaone exaone4 exaone-moe rwkv6 rwkv6qwen2 rwkv7 arwkv7 granite granitemoe
  granitehybrid graniteswitch granite_swa chameleon plm bailingmoe bailingmoe2 bailingmoe3 dots1 dots3note arcee afmoe laguna ernie4_5 ernie4_5-moe hunyuan-moe
  hunyuan-dense hunyuan_vl hy_v3 hy_v4 smollm3 gpt-oss lfm2 lfm2moe smallthinker seed_oss grovemoe apertus minimax-01 hrm_text minimax-m2 minimax-m3 cogvlm pangu-
  embedded mistral3 mistral4 paddleocr mimo2 step35 spark2_5 maincoder kimi-linear kimi-k3 talkie mellum nanbeige
`

/** Those that only make vectors or rank: what they read comes back as a vector, never as text. */
const embedding = 'bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert gemma-embedding llama-embed'

/** Known to llama.cpp too, but made for speech, images, drafting or diffusion: they cannot answer, complete or make vectors here. */
const otherUses = `
  clip t5 t5encoder wavtokenizer-dec qwen3tts pockettts eagle3 dflash gemma4-assistant dream llada llada-moe rnd1
`

const generatingArchitectures: ReadonlySet<string> = new Set(generating.trim().split(/\s+/))
const embeddingArchitectures: ReadonlySet<string> = new Set(embedding.split(' '))
const otherArchitectures: ReadonlySet<string> = new Set(otherUses.trim().split(/\s+/))

export type ArchitectureUse = 'generates' | 'embeds' | 'other-use' | 'unknown'

export function useOfArchitecture(architecture: string): ArchitectureUse {
  if (generatingArchitectures.has(architecture)) return 'generates'
  if (embeddingArchitectures.has(architecture)) return 'embeds'
  return otherArchitectures.has(architecture) ? 'other-use' : 'unknown'
}
