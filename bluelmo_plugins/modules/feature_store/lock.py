"""Who uses a store: any number of processes that read and write, or one that mends or removes."""

import errno
import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

LOCK_NAME = "lock"

_PAUSE = 0.02
_NO_LOCKS_HERE = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class StoreLock:
    """
    A lock on the folder of a store, kept until it is released or the process ends.

    # Parameters

    directory : `Path`
        An existing folder.
    exclusive : `bool`
        Whether no one else may use the store meanwhile.
    seconds : `float`
        How long to wait for the others.

    Raises `TimeoutError` where others keep it, and any other `OSError` where it cannot be had.
    """

    def __init__(self, directory: Path, exclusive: bool, seconds: float) -> None:
        path = directory / LOCK_NAME
        deadline = time.monotonic() + seconds
        while True:
            self._descriptor = _open(path)
            try:
                fcntl.flock(
                    self._descriptor,
                    (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB,
                )
                # A folder that was removed and made again since has another lock.
                if os.path.samestat(os.fstat(self._descriptor), os.stat(path)):
                    return
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(self._descriptor)
                    raise TimeoutError("another process uses it") from None
                time.sleep(_PAUSE)
            except OSError as error:
                if error.errno in _NO_LOCKS_HERE and not exclusive:
                    return
                os.close(self._descriptor)
                raise
            os.close(self._descriptor)

    def note_use(self) -> None:
        """Makes the time of the lock file the time of the last use, where that can be written."""
        with suppress(OSError):
            os.utime(self._descriptor)

    def release(self) -> None:
        """Lets others have it. Children of this process, which inherited it, lose it as well."""
        with suppress(OSError):
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
