"""Telling a lack of memory from other failures."""

import torch


def is_out_of_memory(error: Exception) -> bool:
    """True if less work might have succeeded.

    A GPU's allocator has an exception of its own and numpy raises MemoryError; torch's allocator for the CPU raises a
    RuntimeError that is known by its name in the text alone ("DefaultCPUAllocator: can't allocate memory: ...").
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error)
