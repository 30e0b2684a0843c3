"""`course site`: the course as a folder of pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn
from urllib.parse import urlsplit

import typer

from labs.learner import home
from labs.site.folder import MadeFolder, NotOurs
from labs.site.texts import say

app = typer.Typer()

MARKER = ".frenchbakery-site"


@app.command(help=say("help"))
def site(
    out: Annotated[Path | None, typer.Option("--out", help=say("out_help"), show_default=False)] = None,
    base_url: Annotated[str, typer.Option("--base-url", help=say("base_url_help"), show_default=False)] = "",
    serve: Annotated[bool, typer.Option("--serve", help=say("serve_help"))] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help=say("port_help"), show_default=False)
    ] = None,
) -> None:
    """Make the site; serve it where that is asked for."""
    from labs.site import build

    if base_url and (urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).netloc):
        _stop(say("bad_base_url", url=base_url))
    folder = MadeFolder(out or home() / "site", MARKER)
    try:
        folder.claim()  # before the work, so that a wrong folder is told at once
        files = build.make(build.read(), base_url)
        folder.write(files)
    except NotOurs as error:
        _stop(say("not_ours", folder=error.folder))
    except build.SiteError as error:
        _stop(str(error))
    except OSError as error:
        _stop(say("cannot_write", reason=error))
    pages = sum(name.endswith(".html") for name in files)
    size = f"{sum(map(len, files.values())) / 1e6:.1f}"
    typer.echo(say("made", pages=pages, size=size, folder=folder.path, index=folder.path / "index.html"))
    if serve:
        _serve(folder.path, port)


def _serve(folder: Path, port: int | None) -> None:
    from labs.site.serve import LOOPBACK, server

    try:
        running = server(folder, port)
    except OSError:
        _stop(say("busy_port", port=port))
    typer.echo(say("serving", url=f"http://{LOOPBACK}:{running.server_port}/"))
    try:
        running.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        running.server_close()


def _stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
