"""`wangge incidents …`."""

import typer

incidents = typer.Typer(no_args_is_help=True, help="incidents")
