"""The yardstick: aiosmtpd as it comes, on asyncio's own loop, throwing every mail away.

A process of its own; prints the port that it listens on, then serves until it is killed.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiosmtpd.smtp import SMTP


class Discard:
    async def handle_DATA(self, _server: SMTP, _session: Any, _envelope: Any) -> str:
        return "250 OK"


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Discard(), hostname="sink.example", loop=loop), "127.0.0.1", 0, backlog=512
    )
    print(f"port {server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201 - the one thing it has to say
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
