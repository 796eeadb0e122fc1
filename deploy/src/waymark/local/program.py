"""What every part of the platform can do: start, wait until it serves, stop, be killed."""

from abc import ABC, abstractmethod

from waymark.local.child import Child


class Program(ABC):
    """One long-running program of the platform."""

    start_seconds = 180.0

    def __init__(self, child: Child) -> None:
        self._child = child

    @abstractmethod
    def launch(self) -> None:
        """Start without waiting, preparing first what it needs."""

    @abstractmethod
    def _serves(self) -> bool: ...

    @property
    def name(self) -> str:
        """What people call it."""
        return self._child.name

    @property
    def process_id(self) -> int:
        """The number of its main process; raises PlatformFailure before the first start."""
        return self._child.process_id

    @property
    def running(self) -> bool:
        """Whether its main process lives."""
        return self._child.running

    def start(self) -> None:
        """Start and return when it serves; raises PlatformFailure when it cannot."""
        self.launch()
        self.wait()

    def wait(self) -> None:
        """Return when it serves; raises PlatformFailure when it ends before, or takes too long."""
        self._child.wait_until(self._serves, seconds=self.start_seconds)

    def stop(self) -> int | None:
        """Stop in good order. Return the exit status of its main process, None if it was never started."""
        return self._child.stop()

    def kill(self) -> None:
        """Kill it and every process below it, as a power cut would."""
        self._child.kill()

    def restart(self) -> None:
        """Stop and start again at the same address."""
        self.stop()
        self.start()

    def epitaph(self) -> str:
        """Return, in one line, how it ended and what it said last."""
        return self._child.epitaph()
