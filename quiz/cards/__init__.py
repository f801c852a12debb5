"""The pictures of a result that people pass on: drawn once, kept on disk, the same for everyone."""
