"""The command ``kg publish``."""

from __future__ import annotations

import click
from pydantic import SecretStr

from kg.cli.options import with_settings
from kg.cli.output import ERR
from kg.progress import ProgressReporter
from kg.release import release
from kg.release.publish.publisher import UploadState
from kg.release.publish.publisher import publish as publish_release
from kg.release.publish.server import Addresses, Login, SparqlServer
from kg.settings import Settings


@click.command()
@click.argument("address", metavar="URL")
@click.option("--update", metavar="URL", help="Where it takes SPARQL updates.  [default: URL]")
@click.option("--graph-store", metavar="URL", help="Where it takes graphs; faster than updates.")
@click.option("--user", metavar="NAME", help="Log in; the password is $KG_PUBLISH_PASSWORD.")
@with_settings
@click.option("--yes", is_flag=True, help="Publish sources whose terms do not allow it, too.")
def publish(
    settings: Settings,
    address: str,
    update: str | None,
    graph_store: str | None,
    user: str | None,
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
    for url in (address, update, graph_store):
        if url and not url.startswith(("http://", "https://")):
            raise click.UsageError(f"{url}: expected an http(s) address")
    in_force = release.require_current(settings.data)
    addresses = Addresses(address, update or ("" if graph_store else address), graph_store or "")
    server = SparqlServer(addresses, _login(user, settings.publish_password))
    for source in in_force.manifest().withheld:
        described = f"{source.name} ({source.title}; terms: {source.licence})"
        click.echo(f"{described} may not be passed on, as far as is known", err=True)
    if in_force.manifest().withheld and not yes:
        click.confirm(f"Publish to {server.name} all the same?", abort=True, err=True)
    state = UploadState(settings.data / "publishing", server.name, in_force)
    with state.exclusive():
        publish_release(in_force, server, state, ProgressReporter(ERR))
    click.echo(f"{in_force.name} is in force at {server.name}")


def _login(user: str | None, password: SecretStr) -> Login | None:
    if user is None:
        return None
    configured = password.get_secret_value()
    return Login(user, configured or click.prompt("Password", hide_input=True, err=True))
