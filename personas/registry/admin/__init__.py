"""The registry in the admin: personas, adapter versions, snapshots, runs, and two versions side by side."""

from personas.registry.admin import personas, runs, side_by_side, snapshots, versions

__all__ = ["personas", "runs", "side_by_side", "snapshots", "versions"]
