"""Python work in processes of its own, so that it takes as many processors as there are; results in order.

A worker ends when we do, however we end: its standard input closes.
"""

import os
import pickle
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import IO, Any, TypeVar

MOST = 4
_LENGTH = struct.Struct("<Q")

Result = TypeVar("Result")


def read_frame(pipe: IO[bytes]) -> Any:
    """One object.

    Raises:
        EOFError: There is none.
    """
    header = pipe.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        raise EOFError
    data = pipe.read(_LENGTH.unpack(header)[0])
    return pickle.loads(data)  # noqa: S301  # from our own process, over a pipe nobody else has


def write_frame(pipe: IO[bytes], content: object) -> None:
    """Write one object, for ``read_frame``."""
    data = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


class Workers:
    """Processes that run functions of ours, each started when first needed. ``kill`` may come from any thread."""

    def __init__(self, count: int | None = None) -> None:
        """Make ``count`` workers; by default one for each processor, ``MOST`` at the most."""
        self.count = count or min(len(os.sched_getaffinity(0)), MOST)
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="worker")
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        for _ in range(self.count):
            self._idle.put(None)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._killed = False

    def map(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        """``function(*task)`` of each task, in order; a few tasks are taken ahead.

        Where a worker dies its task is done here.

        Args:
            function: Of a module; what goes in and comes out can be pickled. It raises nothing.
            tasks: Taken from while results are asked for.
        """
        waiting: deque[Future[Result]] = deque()
        for task in tasks:
            waiting.append(self._threads.submit(self._call, function, task))
            if len(waiting) > self.count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _call(self, function: Callable[..., Result], task: tuple[Any, ...]) -> Result:
        worker = self._idle.get()
        try:
            worker = worker or self._start()
            result: Result = _asked(worker, function, task)
        except (OSError, EOFError, pickle.UnpicklingError):
            if worker is not None:
                self._end(worker)
            worker = None
            if self._killed:
                raise
            result = function(*task)
        finally:
            self._idle.put(worker)
        return result

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._killed:
                raise EOFError
            worker = subprocess.Popen(  # our own module, no shell
                [sys.executable, "-m", "dashapp.ingest.workers"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path.cwd(),
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *_given_path()])},
            )
            self._running.add(worker)
        return worker

    def _end(self, worker: subprocess.Popen[bytes]) -> None:
        worker.kill()
        worker.wait()
        with self._lock:
            self._running.discard(worker)
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def kill(self) -> None:
        """End the workers; what is still asked for fails."""
        with self._lock:
            self._killed = True
            running = list(self._running)
        for worker in running:
            worker.kill()

    def close(self) -> None:
        """End the workers and give everything back."""
        self.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in list(self._running):
            self._end(worker)


def _asked(worker: subprocess.Popen[bytes], function: Callable[..., Any], task: tuple[Any, ...]) -> Any:
    if worker.stdin is None or worker.stdout is None:
        raise EOFError
    write_frame(worker.stdin, (function, task))
    return read_frame(worker.stdout)


def _given_path() -> list[str]:
    return [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place]


def main() -> None:
    """Do what is asked for on standard input until it ends."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing else may be said there
    while True:
        try:
            function, task = read_frame(sys.stdin.buffer)
        except (EOFError, KeyboardInterrupt):
            return
        try:
            write_frame(answers, function(*task))
        except (BrokenPipeError, KeyboardInterrupt):
            return


if __name__ == "__main__":
    main()
