"""Show the pages to the browsers of this machine: the same files, nothing else."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rich.console import Console


def serve(folder: Path, port: int, console: Console) -> None:
    """Serve a folder on this machine until interrupted; port 0 takes any free one."""
    handler = partial(_Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        console.print(f"http://127.0.0.1:{server.server_port}/dashboard.html")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("stopped")


class _Handler(SimpleHTTPRequestHandler):
    """Files of the folder, never an old copy of one, and no lines of log."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        pass
