"""`wangge accounts …`."""

import typer

accounts = typer.Typer(no_args_is_help=True, help="Accounts")
