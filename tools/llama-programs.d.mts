/** Folder with llama.cpp's own `llama-server` and `llama-bench`, built once for each version of node-llama-cpp; or the reason why there is none. */
export function ensureLlamaPrograms(): Promise<{ folder: string } | { missing: string }>
