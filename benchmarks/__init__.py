"""
Speed and memory against the stock way, measured in one run: `make benchmark`.

Each part in `parts` measures one thing and is run by itself or with the others. What it found is
kept as JSON, and the page with the tables is made of that JSON alone.
"""
