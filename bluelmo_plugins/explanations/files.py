"""Files that are not there, are something else, or have no room."""

import errno
import re
import tarfile
import zlib
from os.path import isfile, relpath
from typing import Optional

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.explanations.variables import variable


def no_model_archive(error: BaseException) -> Optional[str]:
    """A file that is not the archive of a model was given as one."""
    archive = variable(error, "load_archive", "archive_file")
    folder = variable(error, "load_archive", "serialization_dir")
    if archive is None or not isfile(archive):
        return None
    missing = _missing(error) or ""
    if folder is None and isinstance(error, (tarfile.TarError, OSError, EOFError, zlib.error)):
        found = f"this is no archive of a model: {error}"
    elif folder is not None and missing.startswith(f"{folder}"):
        found = f"this is no archive of a model: it holds no {relpath(missing, folder)}"
    else:
        return None
    expected = "the model.tar.gz that `allennlp train` writes, or the folder that it wrote it into"
    return str(InputError(found, file=archive, expected=expected))


def no_such_file(error: BaseException) -> Optional[str]:
    """A file or folder that is not there, or cannot be opened."""
    if isinstance(error, FileNotFoundError):
        missing = _missing(error)
        return missing and str(InputError("there is no such file or folder", file=missing))
    if isinstance(error, (PermissionError, IsADirectoryError, NotADirectoryError)):
        return error.filename and str(InputError(str(error.strerror), file=error.filename))
    return None


def disk_full(error: BaseException) -> Optional[str]:
    """There is no room left for what is to be written."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        file, found = error.filename, str(error.strerror)
    elif isinstance(error, RuntimeError) and "[enforce fail at inline_container.cc" in str(error):
        file, found = variable(error, "save", "f"), "torch could not write the whole file"
    else:
        return None
    return str(InputError(found, file=file, todo="Make room on the disk"))


def not_utf8(error: BaseException) -> Optional[str]:
    """JSON lines to predict on that are not UTF-8."""
    manager = variable(error, "_get_json_data", "self")
    if manager is None or not isinstance(error, UnicodeDecodeError):
        return None
    return str(
        InputError(
            f"not UTF-8: {error.reason} (byte 0x{error.object[error.start]:02x})",
            file=manager._input_file,
            todo="Save the file as UTF-8",
        )
    )


def _missing(error: BaseException) -> Optional[str]:
    """The file that was not found."""
    if not isinstance(error, FileNotFoundError):
        return None
    of_cached_path = re.fullmatch("file (?P<file>.+) not found", str(error))
    return of_cached_path["file"] if of_cached_path is not None else error.filename
