"""A web server as one task of a process: it ends when it is cancelled, after the requests that are in flight."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


async def serve_app(app: ASGIApp, host: str, port: int) -> None:
    """Serve until cancelled, then let requests in flight end.

    Raises RuntimeError when it does not start, as on a port that is taken.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="none",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    await _Server(config).run_until_cancelled()


class _Server(uvicorn.Server):
    """uvicorn without signal handlers: a process has several tasks, and ends them together."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def run_until_cancelled(self) -> None:
        running = asyncio.ensure_future(self._run())
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            self.should_exit = True
            await running
            raise

    async def _run(self) -> None:
        try:
            await self.serve()
        except SystemExit as unstarted:
            message = "the server does not start, the log says why"
            raise RuntimeError(message) from unstarted
