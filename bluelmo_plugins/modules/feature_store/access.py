"""The files of a store for use: opened when they are needed, mended where they are damaged."""

import logging
import os
import sqlite3
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Optional, TypeVar

from .description import Description, write_description
from .files import Identity, StoreFiles, identity, is_store, make_whole
from .index import DamagedIndexError

logger = logging.getLogger(__name__)

_ATTEMPTS = 3
"""How often a store is mended before it is given up."""

_REMOVAL_SECONDS = 10.0
_PAUSE = 0.02
"""How long other processes may keep removing a store under one's hands, and when to look again."""

_INHERITED: list[StoreFiles] = []
"""What the parent of this process had open: kept, for SQLite must not close it in a child."""

Result = TypeVar("Result")


class StoreAccess:
    """
    Whatever goes wrong with the files costs the store, never the run: they are mended, or given up
    with a warning. An object is for one thread; a child of the process opens the files again.

    # Parameters

    directory : `Path`
        The folder of the store.
    description : `Optional[Description]`
        What the store says of itself; written when it is opened.
    """

    def __init__(self, directory: Path, description: Optional[Description]) -> None:
        self._directory = directory
        self._description = description
        self._files: Optional[StoreFiles] = None
        self._close_files: Callable[[], Any] = lambda: None
        self._is_usable = True

    def using(self, work: Callable[[StoreFiles], Result], create: bool = False) -> Optional[Result]:
        """
        # Parameters

        work : `Callable[[StoreFiles], Result]`
            What is done with the files; it may be done anew after they were mended.
        create : `bool`, optional (default = `False`)
            Whether a store is made where there is none.

        # Returns

        `Optional[Result]`
            What `work` gives, or `None` where there is no store or none that can be used.
        """
        reason = ""
        damages = 0
        deadline = time.monotonic() + _REMOVAL_SECONDS
        while damages < _ATTEMPTS:
            if not self._is_usable:
                return None
            seen = identity(self._directory)
            try:
                files = self._open(create)
                return None if files is None else work(files)
            except FileNotFoundError as error:  # another process is removing the store
                reason = str(error)
                if time.monotonic() > deadline:
                    break
                time.sleep(_PAUSE)
            except DamagedIndexError as error:
                reason = str(error)
                damages += 1
                self._mend(seen, reason)
            except (OSError, sqlite3.Error) as error:
                self._give_up(str(error))
        self._give_up(reason)
        return None

    def _open(self, create: bool) -> Optional[StoreFiles]:
        if self._files is not None and self._files.process != os.getpid():
            _INHERITED.append(self._files)
            self._files = None
        if self._files is None:
            if not is_store(self._directory):
                if not create:
                    return None
                make_whole(self._directory, identity(self._directory))
            self._files = StoreFiles(self._directory)
            self._close_files = weakref.finalize(self, self._files.close)
            self._files.lock.note_use()
            if self._description is not None:
                with suppress(OSError):
                    write_description(self._directory, self._description)
        return self._files

    def _mend(self, seen: Identity, reason: str) -> None:
        self.close()
        try:
            saved = make_whole(self._directory, seen)
        except (OSError, sqlite3.Error) as error:
            self._give_up(f"{reason}, and cannot be mended: {error}")
            return
        if saved is not None:
            logger.warning(
                "The feature store %s was damaged (%s). It was mended and has the features of %d "
                "sentences; what is lost is computed again.",
                self._directory,
                reason,
                saved,
            )

    def close(self) -> None:
        """Lets go of the files until they are needed again."""
        self._close_files()
        self._files = None

    def _give_up(self, reason: str) -> None:
        self.close()
        logger.warning(
            "The feature store %s cannot be used: %s. Training goes on without.",
            self._directory,
            reason,
        )
        self._is_usable = False
