"""The model that comes with the product: Gemma 3 270M, turned from its GGUF package into a transformers folder.

source.py reads the packaged file, vocabulary.py decides which tokens stay and builds their tokenizer, weights.py turns
GGUF tensors into transformers' names, convert.py makes the folder once and safely.
"""
