"""Where the time goes: named functions timed from outside, each without those that it calls."""

import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


class StageClock:
    """Gives each moment to the innermost of the watched functions that is running then."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def watch(
        self, owner: Any, attribute: str, stage: str, outermost: bool = False
    ) -> Iterator[None]:
        """Times a function while the context lasts."""
        function = inspect.getattr_static(owner, attribute)
        with patch.object(owner, attribute, self._timed(function, stage, outermost)):
            yield

    def _timed(self, function: Any, stage: str, outermost: bool) -> Callable[..., Any]:
        if inspect.isgeneratorfunction(function):

            def generator(*args: Any, **kwargs: Any) -> Iterator[Any]:
                items = function(*args, **kwargs)
                while True:
                    with self._stage(stage, outermost):
                        item = next(items, self)
                    if item is self:
                        return
                    yield item

            return generator

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self._stage(stage, outermost):
                return function(*args, **kwargs)

        return timed

    @contextmanager
    def _stage(self, stage: str, outermost: bool) -> Iterator[None]:
        if not (self._running or outermost):
            yield
            return
        self._turn()
        self._running.append(stage)
        try:
            yield
        finally:
            self._turn()
            self._running.pop()

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now
