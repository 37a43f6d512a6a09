"""
What is measured, one module each.

A part is a module with ``TITLE``, ``measure(setting) -> Json``, ``targets(result)`` and
``section(result)``, the text and tables of the page.
"""
