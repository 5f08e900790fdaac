"""`wangge grids …`."""

import typer

grids = typer.Typer(no_args_is_help=True, help="grids")
