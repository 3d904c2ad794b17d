"""The command ``kg publish``."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from kg import settings
from kg.progress import Steps
from kg.release import release
from kg.release.publish.publisher import Progress
from kg.release.publish.publisher import publish as publish_release
from kg.release.publish.server import Addresses, Login, Target


@click.command()
@click.argument("address", metavar="URL")
@click.option("--update", metavar="URL", help="Where it takes SPARQL updates.  [default: URL]")
@click.option("--graph-store", metavar="URL", help="Where it takes graphs; faster than updates.")
@click.option("--user", metavar="NAME", help="Log in; the password is $KG_PUBLISH_PASSWORD.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the releases.  [default: $KG_DATA, else ./kg-data]",
)
@click.option("--yes", is_flag=True, help="Publish sources whose terms do not allow it, too.")
def publish(
    address: str,
    update: str | None,
    graph_store: str | None,
    user: str | None,
    data: Path | None,
    *,
    yes: bool,
) -> None:
    """Write the current release into another SPARQL server, and put it in force there.

    URL is where the server takes queries. The facts go into a graph of their own, are compared
    with the release, and only then take the place of those in force, at once. A command that was
    broken off goes on where it was when it is given again. kg serve answers from such a server if
    KG_ENGINE names it.

    \b
    Examples:
      kg publish http://localhost:7878/query --update http://localhost:7878/update \\
        --graph-store http://localhost:7878/store
      kg publish http://localhost:8890/sparql --update http://localhost:8890/sparql-auth \\
        --graph-store http://localhost:8890/sparql-graph-crud-auth --user dba
    """
    for one in (address, update, graph_store):
        if one and not one.startswith(("http://", "https://")):
            raise click.UsageError(f"{one}: expected an http(s) address")
    folder = data or settings.data_dir()
    in_force = release.require(folder)
    addresses = Addresses(address, update or ("" if graph_store else address), graph_store or "")
    target = Target(addresses, _login(user))
    for source in in_force.manifest().withheld:
        told = f"{source.name} ({source.title}; terms: {source.licence})"
        click.echo(f"{told} may not be passed on, as far as is known", err=True)
    if in_force.manifest().withheld and not yes:
        click.confirm(f"Publish to {target.name} all the same?", abort=True, err=True)
    progress = Progress(folder / "publishing", target.name, in_force)
    with progress.alone():
        publish_release(in_force, target, progress, Steps(Console(stderr=True)))
    click.echo(f"{in_force.name} is in force at {target.name}")


def _login(user: str | None) -> Login | None:
    if user is None:
        return None
    password = settings.publish_password() or click.prompt("Password", hide_input=True, err=True)
    return Login(user, password)
