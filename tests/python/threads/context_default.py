# taipan-only
"""Contexts are inherited and warnings filters are context-aware without being asked for."""

import sys

assert sys.flags.thread_inherit_context == 1 and sys.flags.context_aware_warnings == 1
