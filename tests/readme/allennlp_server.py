"""
An `allennlp` for tests that starts at once: a process that has imported everything already forks
for each command, and the program `allennlp` only hands it what it was called with.
"""

import json
import os
import socket
import socketserver
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

_LONGEST_CALL = 2**20

# Without `site`, Python starts in some hundredths of a second. What a command starts itself as
# `python -m allennlp` comes here as well.
_CLIENT = """#!{python} -IS
import json, os, socket, sys
arguments = sys.argv[1:]
if arguments[:2] == ["-m", "allennlp"]:
    arguments = arguments[2:]
call = {{"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}}
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [json.dumps(call).encode()], [0, 1, 2])
    sys.exit(int(server.recv(8) or b"1"))
"""


@contextmanager
def allennlp_server(folder: Path, work: Path, environment: dict[str, str]) -> Iterator[Path]:
    """
    # Parameters

    folder : `Path`
        Gets the program `allennlp`.
    work : `Path`
        The working directory of the server: it has the file .allennlp_plugins.
    environment : `dict[str, str]`
        Of the server.

    # Returns

    `Iterator[Path]`
        The folder, to be put into PATH.
    """
    address, program = str(folder / "socket"), folder / "allennlp"
    program.write_text(_CLIENT.format(python=sys.executable, address=address))
    program.chmod(0o755)
    command = [sys.executable, __file__, address, str(program)]
    with subprocess.Popen(command, cwd=work, env=environment) as server:
        try:
            while not os.path.exists(address):
                assert server.poll() is None, "the server has ended"
                time.sleep(0.05)
            yield folder
        finally:
            server.terminate()


class _Commands(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """A process for each command, which may start others."""


class _Command(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        content, streams, _, _ = socket.recv_fds(self.request, _LONGEST_CALL, 3)
        process = os.fork()
        if process == 0:
            _run(json.loads(content), streams)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        self.request.sendall(b"%d" % (status if status >= 0 else 128 - status))


def _run(call: dict[str, object], streams: list[int]) -> NoReturn:
    """The command, in a process of its own, which ends as Python does."""
    from allennlp import commands

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(str(call["folder"]))
    os.environ.clear()
    os.environ.update(dict(call["environment"]))  # type: ignore[call-overload]
    sys.argv[1:] = list(call["arguments"])  # type: ignore[call-overload]
    status = 0
    try:
        commands.main(prog="allennlp")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _serve(address: str, program: str) -> None:
    sys.argv = [program]
    sys.executable = program
    sys.path.insert(0, os.getcwd())
    from allennlp import commands

    commands.import_plugins()
    commands.import_plugins = lambda: None
    with _Commands(address, _Command) as server:
        server.serve_forever()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
