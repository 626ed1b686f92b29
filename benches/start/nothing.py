"""The interpreter itself."""
