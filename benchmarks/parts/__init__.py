"""
The parts of the benchmark.

A part is a module with ``TITLE``, ``measure(setting) -> Json``, ``targets(result)`` and
``section(result)``, its text and tables.
"""
