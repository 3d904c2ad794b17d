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
@click.option("--update", metavar="URL", help="Address for SPARQL updates.  [default: URL]")
@click.option(
    "--graph-store",
    metavar="URL",
    help="Address of the Graph Store Protocol; faster than updates.",
)
@click.option(
    "--user",
    metavar="NAME",
    help="Log in as this user, with the password in $KG_PUBLISH_PASSWORD or from a prompt.",
)
@with_settings
@click.option(
    "--yes", is_flag=True, help="Do not ask before publishing sources whose terms do not allow it."
)
def publish(
    settings: Settings,
    address: str,
    update: str | None,
    graph_store: str | None,
    user: str | None,
    *,
    yes: bool,
) -> None:
    """Write the current release to another SPARQL server, and make it current there.

    URL is the query address of the server. The facts are written to a separate graph and compared
    with the release; only then do they replace the current facts, in one step. An interrupted
    command continues where it stopped when it is run again. kg serve answers queries from such a
    server if KG_ENGINE contains its address.

    \b
    Examples:
      kg publish http://localhost:7878/query --update http://localhost:7878/update \\
        --graph-store http://localhost:7878/store
      kg publish http://localhost:8890/sparql --update http://localhost:8890/sparql-auth \\
        --graph-store http://localhost:8890/sparql-graph-crud-auth --user dba
    """
    for url in (address, update, graph_store):
        if url and not url.startswith(("http://", "https://")):
            raise click.UsageError(f"{url}: expected an http or https address")
    current = release.require_current(settings.data)
    addresses = Addresses(address, update or ("" if graph_store else address), graph_store or "")
    server = SparqlServer(addresses, _login(user, settings.publish_password))
    for source in current.manifest().withheld:
        described = f"{source.name} ({source.title}; terms: {source.licence})"
        click.echo(f"{described}: redistribution is not known to be permitted", err=True)
    if current.manifest().withheld and not yes:
        click.confirm(f"Publish to {server.name} anyway?", abort=True, err=True)
    state = UploadState(settings.data / "publishing", server.name, current)
    with state.exclusive():
        publish_release(current, server, state, ProgressReporter(ERR))
    click.echo(f"{current.name} is the current release at {server.name}")


def _login(user: str | None, password: SecretStr) -> Login | None:
    if user is None:
        return None
    configured = password.get_secret_value()
    return Login(user, configured or click.prompt("Password", hide_input=True, err=True))
