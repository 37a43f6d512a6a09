"""A function's answers by argument, kept up to a limit."""

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class Memo(dict[str, Value]):
    """
    `memo[key]` is `compute(key)`, computed once while it is kept.

    Text repeats its words so much that the answers for them are worth keeping; the limit is there
    for a process that reads for ever. Unlike `functools.lru_cache` it can be pickled to a worker,
    and a hit costs a plain dictionary look-up.

    # Parameters

    compute : `Callable[[str], Value]`
        The function.
    limit : `int`, optional (default = `262144`)
        At this many answers all are forgotten.
    """

    def __init__(self, compute: Callable[[str], Value], limit: int = 2**18) -> None:
        super().__init__()
        self._compute = compute
        self._limit = limit

    def __missing__(self, key: str) -> Value:
        value = self._compute(key)
        if len(self) >= self._limit:
            self.clear()
        self[key] = value
        return value

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._compute, self._limit)
